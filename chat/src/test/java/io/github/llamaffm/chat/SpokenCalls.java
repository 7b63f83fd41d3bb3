package io.github.llamaffm.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What a model says behind the prompts of a template: calls of the tool {@code weather}, and an answer.
 *
 * @param call asks for Quito in two days
 * @param calls asks for that, and for Lima; empty: no grammar of the template lets it
 * @param answer says that it is fine
 */
record SpokenCalls(String call, Optional<String> calls, String answer) {

    static final String QUITO = "{\"city\":\"Quito\",\"days\":2}";
    static final String LIMA = "{\"city\":\"Lima\"}";
    static final String ANSWER = "It is fine.";
    static final String SCHEMA = """
            {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}},"required":["city"]}""";

    /** Of each template in the pinned tree that reads calls. */
    static Map<String, SpokenCalls> byTemplate() {
        try (InputStream in = SpokenCalls.class.getResourceAsStream("/tool-calls.jsonl")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(Json.MAPPER::readTree)
                    .collect(Collectors.toMap(node -> node.get("template").stringValue() + ".jinja", (Function<JsonNode, SpokenCalls>) node ->
                            new SpokenCalls(node.get("call").stringValue(), node.path("calls").stringValueOpt(), node.get("answer").stringValue())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
