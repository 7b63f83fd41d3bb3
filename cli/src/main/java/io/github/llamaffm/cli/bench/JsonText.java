package io.github.llamaffm.cli.bench;

/** Writes JSON. */
final class JsonText {

    private JsonText() {}

    /** Name and value; null where there is none. */
    static <R> String member(Field<R> field, R result) {
        String value = field.value().apply(result);
        return quote(field.name()) + ": " + switch (field.type()) {
            case TEXT -> quote(value);
            case FLAG -> value.equals("0") ? "false" : "true";
            case NUMBER -> value.isEmpty() ? "null" : value;
            case LIST -> value.isEmpty() ? "[]" : "[ " + value + " ]";
        };
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
