package io.github.llamaffm.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Values by any text, in the order of the answer. */
record MapShape(Shape value) implements Shape {

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        schema.set("additionalProperties", value.schema());
        return schema;
    }

    @Override
    public Object read(JsonNode node, String path) {
        if (!node.isObject()) {
            throw new AnswerMismatch("%s is %s, which is no map".formatted(path, node));
        }
        Map<String, Object> map = new LinkedHashMap<>();
        node.properties().forEach(entry -> map.put(entry.getKey(), value.read(entry.getValue(), path + "." + entry.getKey())));
        return Collections.unmodifiableMap(map);
    }
}
