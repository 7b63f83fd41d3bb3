package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void alignsColumnsToTheWidestCell() {
        StringWriter text = new StringWriter();

        Table.print(new PrintWriter(text), List.of("A", "LONG"), Stream.of(List.of("wide", "x"), List.of("", "y")));

        assertThat(text.toString().lines()).containsExactly("A     LONG", "wide  x", "      y");
    }
}
