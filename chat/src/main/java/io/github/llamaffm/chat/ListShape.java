package io.github.llamaffm.chat;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Elements.
 *
 * @param made what holds them
 */
record ListShape(Shape element, Function<List<Object>, Object> made) implements Shape {

    static Shape list(Shape element) {
        return new ListShape(element, List::copyOf);
    }

    /** In the order of the answer; what comes twice is there once. */
    static Shape set(Shape element) {
        return new ListShape(element, elements -> Collections.unmodifiableSet(new LinkedHashSet<>(elements)));
    }

    static Shape array(Shape element, Class<?> type) {
        return new ListShape(element, elements -> {
            Object array = Array.newInstance(type, elements.size());
            for (int i = 0; i < elements.size(); i++) {
                Array.set(array, i, elements.get(i));
            }
            return array;
        });
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "array");
        schema.set("items", element.schema());
        return schema;
    }

    @Override
    public Object read(JsonNode node, String path) {
        if (!node.isArray()) {
            throw new AnswerMismatch("%s is %s, which is no list".formatted(path, node));
        }
        List<Object> elements = new ArrayList<>();
        for (JsonNode child : node) {
            elements.add(element.read(child, "%s[%d]".formatted(path, elements.size())));
        }
        return made.apply(elements);
    }
}
