package io.github.llamaffm.cli.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One field of a result, as csv, json and jsonl print it.
 *
 * @param value as text, as csv has it; empty: there is none
 */
record Field<R>(String name, Type type, Function<R, String> value) {

    enum Type {
        TEXT,
        /** 0 or 1. */
        FLAG,
        NUMBER,
        /** Numbers with commas between them; not in csv. */
        LIST
    }

    static <R> Field<R> text(String name, Function<R, String> value) {
        return new Field<>(name, Type.TEXT, value);
    }

    static <R> Field<R> number(String name, Function<R, Object> value) {
        return new Field<>(name, Type.NUMBER, value.andThen(Object::toString));
    }

    /** With six places. */
    static <R> Field<R> decimal(String name, Function<R, Double> value) {
        return new Field<>(name, Type.NUMBER, value.andThen(Field::places));
    }

    static <R> Field<R> list(String name, Function<R, Samples> value) {
        return new Field<>(name, Type.LIST, value.andThen(Field::list));
    }

    /** What is the same whatever is measured: an option of llama-bench that there is none of here. */
    static <R> Field<R> fixed(String name, Type type, String value) {
        return new Field<>(name, type, _ -> value);
    }

    private static String places(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    private static String list(Samples samples) {
        return Arrays.stream(samples.values())
                .mapToObj(value -> value == Math.rint(value) ? Long.toString((long) value) : places(value))
                .collect(Collectors.joining(", "));
    }
}
