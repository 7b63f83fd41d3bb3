package io.github.llamaffm.chat;

import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A shape with more keywords in its schema.
 *
 * @param keywords adds them
 */
record BoundedShape(Shape inner, UnaryOperator<ObjectNode> keywords) implements Shape {

    @Override
    public ObjectNode schema() {
        return keywords.apply(inner.schema());
    }

    @Override
    public Object read(JsonNode node, String path) {
        return inner.read(node, path);
    }

    @Override
    public Object missing(String path) {
        return inner.missing(path);
    }

    @Override
    public boolean mayBeMissing() {
        return inner.mayBeMissing();
    }
}
