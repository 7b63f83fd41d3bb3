package io.github.llamaffm.chat;

import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A constant, by its name.
 *
 * @param description of the enum
 */
record EnumShape(Class<?> type, Optional<String> description) implements Shape {

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "string");
        description.ifPresent(text -> schema.put("description", text));
        ArrayNode names = schema.putArray("enum");
        for (Object constant : type.getEnumConstants()) {
            names.add(((Enum<?>) constant).name());
        }
        return schema;
    }

    @Override
    public Object read(JsonNode node, String path) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> node.isString() && ((Enum<?>) constant).name().equals(node.stringValue()))
                .findFirst()
                .orElseThrow(() -> new AnswerMismatch("%s is %s, which is no %s".formatted(path, node, type.getSimpleName())));
    }
}
