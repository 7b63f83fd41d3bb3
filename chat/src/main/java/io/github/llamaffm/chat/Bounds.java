package io.github.llamaffm.chat;

import java.lang.reflect.RecordComponent;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@link Range} and {@link Pattern} of a component. */
final class Bounds {

    private Bounds() {}

    /** @throws IllegalArgumentException if an annotation says nothing about the component's type */
    static Shape of(RecordComponent component, Shape shape, String path) {
        Optional<Range> range = Optional.ofNullable(component.getAnnotation(Range.class));
        Optional<Pattern> pattern = Optional.ofNullable(component.getAnnotation(Pattern.class));
        if (range.isEmpty() && pattern.isEmpty()) {
            return shape;
        }
        ObjectNode schema = shape.schema();
        String type = schema.path("type").stringValue("");
        boolean text = type.equals("string") && !schema.has("format") && !schema.has("enum");
        if (pattern.isPresent() && !text) {
            throw new IllegalArgumentException("%s: @Pattern is for texts, not for %s".formatted(path, component.getGenericType().getTypeName()));
        }
        if (pattern.isPresent() && range.isPresent()) {
            throw new IllegalArgumentException("%s: @Range and @Pattern together: give the length in the pattern, as in ^[a-z]{2,5}$".formatted(path));
        }
        if (pattern.isPresent()) {
            return new BoundedShape(shape, node -> node.put("pattern", pattern.get().value()));
        }
        if (type.equals("integer")) {
            return bounded(shape, "minimum", "maximum", range.get());
        }
        if (type.equals("array")) {
            return bounded(shape, "minItems", "maxItems", range.get());
        }
        if (text) {
            return bounded(shape, "minLength", "maxLength", range.get());
        }
        throw new IllegalArgumentException("%s: @Range is for whole numbers, texts and lists, not for %s"
                .formatted(path, component.getGenericType().getTypeName()));
    }

    private static Shape bounded(Shape shape, String least, String most, Range range) {
        return new BoundedShape(shape, node -> {
            if (range.min() > Long.MIN_VALUE) {
                node.put(least, range.min());
            }
            return range.max() < Long.MAX_VALUE ? node.put(most, range.max()) : node;
        });
    }
}
