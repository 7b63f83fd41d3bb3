package io.github.llamaffm.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * An answer of upstream's template tests ({@code ci/chat-cases} takes them out of {@code tests/test-chat.cpp}).
 *
 * @param template its path in the pinned tree
 * @param request before the answer
 * @param text of the answer
 * @param partial whether it goes on
 * @param message that upstream expects
 */
record UpstreamAnswer(String template, JsonNode request, String text, boolean partial, JsonNode message) {

    static List<UpstreamAnswer> all() {
        try (InputStream in = UpstreamAnswer.class.getResourceAsStream("/upstream-answers.jsonl")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(Json.MAPPER::readTree)
                    .map(node -> new UpstreamAnswer(node.get("template").stringValue(), node.get("request"), node.get("answer").stringValue(),
                            node.get("partial").booleanValue(), node.get("message")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As upstream's tests compare: spaces around texts do not count, arguments are compared where they are JSON. */
    boolean expects(JsonNode read) {
        return text(read, "content").equals(text(message, "content"))
                && text(read, "reasoning_content").equals(text(message, "reasoning_content"))
                && expects(read.path("tool_calls"), message.path("tool_calls"));
    }

    /** Upstream's tests know no end of text; with one its parser of this template looks for other calls (docs/upstream/call-id-behind-eos.md). */
    boolean isReadWithoutEndOfText() {
        return template.contains("Mistral-Small-3.2") && text.contains("[CALL_ID]");
    }

    private static boolean expects(JsonNode read, JsonNode expected) {
        if (read.size() != expected.size()) {
            return false;
        }
        for (int i = 0; i < read.size(); i++) {
            JsonNode call = read.get(i).get("function");
            JsonNode other = expected.get(i).get("function");
            if (!call.get("name").equals(other.get("name")) || !json(call).equals(json(other))
                    || !text(expected.get(i), "id").equals(text(read.get(i), "id"))) {
                return false;
            }
        }
        return true;
    }

    private static Object json(JsonNode call) {
        String arguments = call.get("arguments").stringValue();
        try {
            return arguments.isEmpty() ? "" : Json.MAPPER.readTree(arguments);
        } catch (JacksonException e) {
            return "";
        }
    }

    private static String text(JsonNode message, String name) {
        return message.path(name).asString("").strip();
    }
}
