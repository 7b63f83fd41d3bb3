package io.github.llamaffm.chat;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record: an object of its components.
 *
 * @param constructor the canonical one
 * @param components in order
 * @param description of the record
 */
record RecordShape(Constructor<?> constructor, List<Component> components, Optional<String> description) implements Shape {

    /**
     * One component.
     *
     * @param description of the component
     */
    record Component(String name, Shape shape, Optional<String> description) {}

    @Override
    public ObjectNode schema() {
        return schema(Optional.empty());
    }

    /**
     * With a first property that tells it apart.
     *
     * @param tag name of the property, whose value is the record's name
     */
    ObjectNode schema(Optional<String> tag) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        description.ifPresent(text -> schema.put("description", text));
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        tag.ifPresent(name -> {
            properties.putObject(name).put("const", name());
            required.add(name);
        });
        for (Component component : components) {
            ObjectNode property = component.shape().schema();
            component.description().ifPresent(text -> property.put("description", text));
            properties.set(component.name(), property);
            if (!component.shape().mayBeMissing()) {
                required.add(component.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema.put("additionalProperties", false);
    }

    String name() {
        return constructor.getDeclaringClass().getSimpleName();
    }

    /** What the record's constructor throws comes through as it is. */
    @Override
    public Object read(JsonNode node, String path) {
        if (!node.isObject()) {
            throw new AnswerMismatch("%s is %s, which is no %s".formatted(path, node, name()));
        }
        List<Object> values = new ArrayList<>();
        for (Component component : components) {
            String place = path + "." + component.name();
            values.add(node.has(component.name())
                    ? component.shape().read(node.get(component.name()), place)
                    : component.shape().missing(place));
        }
        try {
            return constructor.newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException("%s: %s refuses its values: %s".formatted(path, name(), e.getCause()), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("%s cannot be made: %s".formatted(name(), e), e);
        }
    }
}
