package io.github.llamaffm.chat;

import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A type inside of itself, by its name among the definitions.
 *
 * @param shape all of it, once that is known
 */
record RecursiveShape(String name, Supplier<Shape> shape) implements Shape {

    @Override
    public ObjectNode schema() {
        return JsonNodeFactory.instance.objectNode().put("$ref", "#/$defs/" + name);
    }

    @Override
    public Object read(JsonNode node, String path) {
        return shape.get().read(node, path);
    }
}
