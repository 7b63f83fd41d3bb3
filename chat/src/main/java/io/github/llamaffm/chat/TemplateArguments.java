package io.github.llamaffm.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Variables of a template: what JSON has a form for, and nothing that holds itself. */
final class TemplateArguments {

    private static final int MAX_DEPTH = 100;

    private TemplateArguments() {}

    /** @throws IllegalArgumentException if a value is none of text, number, boolean, list and map */
    static Map<String, Object> copyOf(Map<String, Object> arguments) {
        Map<String, Object> copy = new LinkedHashMap<>();
        arguments.forEach((name, value) -> copy.put(Objects.requireNonNull(name), copyOf(name, value, 1)));
        return Map.copyOf(copy);
    }

    private static Object copyOf(String name, Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("the template argument '%s' is more than %d lists or maps deep".formatted(name, MAX_DEPTH));
        }
        return switch (value) {
            case String text -> text;
            case Number number -> number;
            case Boolean flag -> flag;
            case List<?> list -> list.stream().map(element -> copyOf(name, element, depth + 1)).toList();
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((key, element) -> {
                    if (!(key instanceof String text)) {
                        throw new IllegalArgumentException("the template argument '%s' has a key that is no text: a %s".formatted(name, key.getClass().getName()));
                    }
                    copy.put(text, copyOf(name, element, depth + 1));
                });
                yield copy;
            }
            default -> throw new IllegalArgumentException(
                    "the template argument '%s' is a %s: only text, numbers, booleans, lists and maps are".formatted(name, value.getClass().getName()));
        };
    }
}
