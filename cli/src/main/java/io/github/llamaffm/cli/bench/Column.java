package io.github.llamaffm.cli.bench;

import java.util.function.Function;

/** One column of a table in Markdown, at least {@code width} wide. */
record Column<R>(String title, int width, boolean left, Function<R, String> value) {

    static <R> Column<R> left(String title, int width, Function<R, String> value) {
        return new Column<>(title, width, true, value);
    }

    static <R> Column<R> right(String title, int width, Function<R, Object> value) {
        return new Column<>(title, width, false, value.andThen(Object::toString));
    }

    String header() {
        return pad(title);
    }

    String line() {
        return "-".repeat(width - 1) + (left ? "-" : ":");
    }

    String cell(R result) {
        return pad(value.apply(result));
    }

    private String pad(String text) {
        String space = " ".repeat(Math.max(0, width - text.length()));
        return left ? text + space : space + text;
    }
}
