package io.github.llamaffm.chat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One schema: what its grammar and what an independent validator say of a text. */
final class SchemaProbe {

    private static final SchemaRegistry REGISTRY = registry(SpecificationVersion.DRAFT_2020_12);
    private static final SchemaRegistry DRAFT_7 = registry(SpecificationVersion.DRAFT_7);

    private static final Pattern LIST_IN_ITEMS = Pattern.compile("\"items\"\\s*:\\s*\\[");

    private static final List<String> TEXTS = List.of("null", "true", "0", "-1", "1.5", "99999999", "\"x\"", "\"\"", "[]", "{}", "[[[]]]", "{\"zz\":{}}",
            "[\"x\",1,null,{}]", "\"2023-02-30\"", "\"2023-13-01T25:00:00Z\"", "\"" + "long ".repeat(20) + "\"", "{\"type\":\"nothing\"}");

    private final Path folder;
    private final GrammarUse grammar;
    private final Schema schema;

    SchemaProbe(Path folder, PromptTemplate template, SchemaCase schemaCase) {
        this.folder = folder;
        this.grammar = template.render(List.of(Message.user("x")), AskOptions.format(AnswerFormat.schema(schemaCase.schema())).schemaInPrompt(false))
                .grammar().orElseThrow();
        this.schema = (LIST_IN_ITEMS.matcher(schemaCase.schema()).find() ? DRAFT_7 : REGISTRY).getSchema(schemaCase.schema(), InputFormat.JSON);
        try {
            Files.writeString(folder.resolve("grammar"), grammar.grammar().gbnf());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchemaRegistry registry(SpecificationVersion version) {
        return SchemaRegistry.withDefaultDialect(version, builder -> builder
                .schemaRegistryConfig(SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    }

    /** What the validator says against it. */
    List<String> errors(String json) {
        return schema.validate(Json.VALUES.readTree(json)).stream().map(Object::toString).toList();
    }

    /** Whether the model could answer this, and then end: upstream's own program says so of the grammar. */
    boolean accepts(String json) {
        try {
            Files.writeString(folder.resolve("text"), grammar.written() + json);
            Process process = new ProcessBuilder(TestFiles.peers().resolve("test-gbnf-validator").toString(),
                    folder.resolve("grammar").toString(), folder.resolve("text").toString()).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (output.contains("is valid")) {
                return true;
            }
            if (output.contains("is invalid")) {
                return false;
            }
            throw new AssertionError(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Texts that the schema does not allow: JSON of other kinds, and a valid one with one thing changed. */
    List<String> invalid(String valid) {
        List<String> texts = new ArrayList<>(TEXTS);
        change(Json.VALUES.readTree(valid), texts);
        List<String> invalid = new ArrayList<>(texts.stream().filter(text -> !errors(text).isEmpty()).toList());
        invalid.add("nothing");
        invalid.add(valid + "]");
        return invalid;
    }

    private static void change(JsonNode root, List<String> texts) {
        for (JsonNode node : parts(root)) {
            if (node instanceof ObjectNode object) {
                for (String name : List.copyOf(object.propertyNames())) {
                    JsonNode value = object.get(name);
                    object.remove(name);
                    texts.add(root.toString());
                    for (String other : List.of("{}", "[7]", "\"\\u007f\"", "-1.5e5", "null")) {
                        object.set(name, Json.VALUES.readTree(other));
                        texts.add(root.toString());
                    }
                    object.set(name, value);
                }
                object.put("added", 1);
                texts.add(root.toString());
                object.remove("added");
            }
        }
    }

    private static List<JsonNode> parts(JsonNode node) {
        List<JsonNode> parts = new ArrayList<>(List.of(node));
        node.forEach(child -> parts.addAll(parts(child)));
        return parts;
    }
}
