package io.github.llamaffm.chat;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A value that need not be there.
 *
 * @param empty where it is not
 * @param present makes one of a value
 */
record OptionalShape(Shape inner, Object empty, UnaryOperator<Object> present) implements Shape {

    /** {@link Optional}. */
    static Shape of(Shape inner) {
        return new OptionalShape(inner, Optional.empty(), Optional::of);
    }

    /** Those of primitive types, if a class is one. */
    static Optional<Shape> ofPrimitive(Class<?> type) {
        if (type == OptionalInt.class) {
            return ScalarShape.of(int.class).map(inner -> new OptionalShape(inner, OptionalInt.empty(), value -> OptionalInt.of((int) value)));
        }
        if (type == OptionalLong.class) {
            return ScalarShape.of(long.class).map(inner -> new OptionalShape(inner, OptionalLong.empty(), value -> OptionalLong.of((long) value)));
        }
        if (type == OptionalDouble.class) {
            return ScalarShape.of(double.class)
                    .map(inner -> new OptionalShape(inner, OptionalDouble.empty(), value -> OptionalDouble.of((double) value)));
        }
        return Optional.empty();
    }

    @Override
    public ObjectNode schema() {
        return inner.schema();
    }

    @Override
    public Object read(JsonNode node, String path) {
        return present.apply(inner.read(node, path));
    }

    @Override
    public Object missing(String path) {
        return empty;
    }

    @Override
    public boolean mayBeMissing() {
        return true;
    }
}
