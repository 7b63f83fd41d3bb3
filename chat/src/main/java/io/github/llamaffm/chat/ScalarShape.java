package io.github.llamaffm.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A value without parts.
 *
 * @param type of JSON
 * @param format that bounds it; empty: none
 * @param name of the Java type, for errors
 * @param reader throws what says that it is no such value
 */
record ScalarShape(String type, String format, String name, Function<JsonNode, Object> reader) implements Shape {

    private static final Map<Class<?>, ScalarShape> KNOWN = Map.ofEntries(
            Map.entry(String.class, new ScalarShape("string", "", "String", JsonNode::stringValue)),
            Map.entry(Character.class, new ScalarShape("string", "char", "char", node -> character(node.stringValue()))),
            Map.entry(Boolean.class, new ScalarShape("boolean", "", "boolean", JsonNode::booleanValue)),
            Map.entry(Byte.class, new ScalarShape("integer", "int8", "byte", node -> node.decimalValue().byteValueExact())),
            Map.entry(Short.class, new ScalarShape("integer", "int16", "short", node -> node.decimalValue().shortValueExact())),
            Map.entry(Integer.class, new ScalarShape("integer", "int32", "int", node -> node.decimalValue().intValueExact())),
            Map.entry(Long.class, new ScalarShape("integer", "", "long", node -> node.decimalValue().longValueExact())),
            Map.entry(BigInteger.class, new ScalarShape("integer", "", "BigInteger", node -> node.decimalValue().toBigIntegerExact())),
            Map.entry(Float.class, new ScalarShape("number", "", "float", JsonNode::floatValue)),
            Map.entry(Double.class, new ScalarShape("number", "", "double", JsonNode::doubleValue)),
            Map.entry(BigDecimal.class, new ScalarShape("number", "", "BigDecimal", JsonNode::decimalValue)),
            Map.entry(UUID.class, new ScalarShape("string", "uuid", "UUID", node -> UUID.fromString(node.stringValue()))),
            Map.entry(LocalDate.class, new ScalarShape("string", "date", "LocalDate", node -> LocalDate.parse(node.stringValue()))),
            Map.entry(LocalTime.class, new ScalarShape("string", "time-local", "LocalTime", node -> LocalTime.parse(node.stringValue()))),
            Map.entry(LocalDateTime.class,
                    new ScalarShape("string", "date-time-local", "LocalDateTime", node -> LocalDateTime.parse(node.stringValue()))),
            Map.entry(OffsetDateTime.class,
                    new ScalarShape("string", "date-time", "OffsetDateTime", node -> OffsetDateTime.parse(node.stringValue()))),
            Map.entry(Instant.class,
                    new ScalarShape("string", "date-time", "Instant", node -> OffsetDateTime.parse(node.stringValue()).toInstant())),
            Map.entry(Duration.class, new ScalarShape("string", "duration", "Duration", node -> Duration.parse(node.stringValue()))));

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(boolean.class, Boolean.class, byte.class, Byte.class,
            char.class, Character.class, short.class, Short.class, int.class, Integer.class, long.class, Long.class,
            float.class, Float.class, double.class, Double.class);

    /** That of a type, if it is one. */
    static Optional<Shape> of(Class<?> type) {
        return Optional.ofNullable(KNOWN.get(BOXES.getOrDefault(type, type)));
    }

    @Override
    public ObjectNode schema() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", type);
        return format.isEmpty() ? schema : schema.put("format", format);
    }

    @Override
    public Object read(JsonNode node, String path) {
        try {
            return reader.apply(node);
        } catch (JacksonException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new AnswerMismatch("%s is %s, which is no %s".formatted(path, node, name));
        }
    }

    private static Object character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException(text.length() + " characters");
        }
        return text.charAt(0);
    }
}
