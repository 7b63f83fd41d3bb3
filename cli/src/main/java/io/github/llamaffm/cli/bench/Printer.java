package io.github.llamaffm.cli.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Prints results one by one, as soon as there are any. */
abstract sealed class Printer<R> {

    final PrintWriter out;
    final Layout<R> layout;

    Printer(PrintWriter out, Layout<R> layout) {
        this.out = out;
        this.layout = layout;
    }

    static <R> Printer<R> of(Format format, PrintWriter out, Layout<R> layout) {
        return switch (format) {
            case MD -> new Markdown<>(out, layout);
            case CSV -> new Csv<>(out, layout);
            case JSON -> new Json<>(out, layout);
            case JSONL -> new JsonLines<>(out, layout);
        };
    }

    void begin() {}

    abstract void print(R result);

    void end() {}

    /** @throws UncheckedIOException if nobody reads it: what is measured from now on would be for nobody */
    void flush() {
        if (out.checkError()) {
            throw new UncheckedIOException("cannot write to standard output", new IOException());
        }
    }

    /** A table. */
    private static final class Markdown<R> extends Printer<R> {

        private Markdown(PrintWriter out, Layout<R> layout) {
            super(out, layout);
        }

        @Override
        void begin() {
            row(Column::header);
            row(Column::line);
        }

        @Override
        void print(R result) {
            row(column -> column.cell(result));
        }

        @Override
        void end() {
            out.println();
            out.println(layout.footer());
        }

        private void row(Function<Column<R>, String> cell) {
            out.println(layout.columns().stream().map(cell).collect(Collectors.joining(" | ", "| ", " |")));
        }
    }

    /** A line of names, then one for each result; every value in quotes. */
    private static final class Csv<R> extends Printer<R> {

        private final List<Field<R>> fields;

        private Csv(PrintWriter out, Layout<R> layout) {
            super(out, layout);
            this.fields = layout.fields().stream().filter(field -> field.type() != Field.Type.LIST).toList();
        }

        @Override
        void begin() {
            out.println(fields.stream().map(Field::name).collect(Collectors.joining(",")));
        }

        @Override
        void print(R result) {
            out.println(fields.stream()
                    .map(field -> '"' + field.value().apply(result).replace("\"", "\"\"") + '"')
                    .collect(Collectors.joining(",")));
        }
    }

    /** One array. */
    private static final class Json<R> extends Printer<R> {

        private boolean first = true;

        private Json(PrintWriter out, Layout<R> layout) {
            super(out, layout);
        }

        @Override
        void begin() {
            out.println("[");
        }

        @Override
        void print(R result) {
            out.println(first ? "  {" : ",\n  {");
            first = false;
            out.print(layout.fields().stream().map(field -> "    " + JsonText.member(field, result))
                    .collect(Collectors.joining(",\n", "", "\n  }")));
        }

        @Override
        void end() {
            out.println(first ? "]" : "\n]");
        }
    }

    /** An object to a line. */
    private static final class JsonLines<R> extends Printer<R> {

        private JsonLines(PrintWriter out, Layout<R> layout) {
            super(out, layout);
        }

        @Override
        void print(R result) {
            out.println(layout.fields().stream().map(field -> JsonText.member(field, result))
                    .collect(Collectors.joining(", ", "{", "}")));
        }
    }
}
