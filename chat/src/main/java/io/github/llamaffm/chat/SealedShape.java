package io.github.llamaffm.chat;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One of the records of a sealed interface: the property {@code type} says which.
 *
 * @param name of the interface, for errors
 */
record SealedShape(String name, List<RecordShape> records, Optional<String> description) implements Shape {

    /** The property. */
    static final String TAG = "type";

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        description.ifPresent(text -> schema.put("description", text));
        ArrayNode alternatives = schema.putArray("anyOf");
        records.forEach(shape -> alternatives.add(shape.schema(Optional.of(TAG))));
        return schema;
    }

    @Override
    public Object read(JsonNode node, String path) {
        String tag = node.path(TAG).stringValue("");
        return records.stream()
                .filter(shape -> shape.name().equals(tag))
                .findFirst()
                .orElseThrow(() -> new AnswerMismatch("%s.%s is '%s', which is no %s".formatted(path, TAG, tag, name)))
                .read(node, path);
    }
}
