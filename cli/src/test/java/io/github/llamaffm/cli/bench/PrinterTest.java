package io.github.llamaffm.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrinterTest {

    private static final Layout<String> LAYOUT = new Layout<>(
            List.of(
                    Field.text("name", name -> name),
                    Field.fixed("flag", Field.Type.FLAG, "0"),
                    Field.number("length", String::length),
                    Field.number("none", _ -> ""),
                    Field.decimal("half", name -> name.length() / 2.0),
                    Field.list("samples", _ -> Samples.of(1, 2.5))),
            List.of(Column.left("name", 6, name -> name), Column.right("length", 8, String::length)),
            "the end");

    private static String print(Format format, String... results) {
        StringWriter text = new StringWriter();
        Printer<String> printer = Printer.of(format, new PrintWriter(text), LAYOUT);
        printer.begin();
        List.of(results).forEach(printer::print);
        printer.end();
        return text.toString();
    }

    @Test
    void markdown() {
        assertThat(print(Format.MD, "a", "longer than it")).isEqualTo("""
                | name   |   length |
                | ------ | -------: |
                | a      |        1 |
                | longer than it |       14 |

                the end
                """);
    }

    @Test
    void csvQuotesEachValueAndHasNoLists() {
        assertThat(print(Format.CSV, "a\"b,c")).isEqualTo("""
                name,flag,length,none,half
                "a""b,c","0","5","","2.500000"
                """);
    }

    @Test
    void jsonLines() {
        assertThat(print(Format.JSONL, "C:\\a\"\t", "b")).isEqualTo("""
                {"name": "C:\\\\a\\"\\u0009", "flag": false, "length": 6, "none": null, "half": 3.000000, "samples": [ 1, 2.500000 ]}
                {"name": "b", "flag": false, "length": 1, "none": null, "half": 0.500000, "samples": [ 1, 2.500000 ]}
                """);
    }

    @Test
    void jsonIsOneArray() {
        assertThat(print(Format.JSON)).isEqualTo("[\n]\n");
        assertThat(print(Format.JSON, "a", "b")).startsWith("[\n  {\n    \"name\": \"a\",\n").contains("\n  },\n  {\n").endsWith("\n  }\n]\n");
    }
}
