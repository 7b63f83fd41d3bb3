package io.github.llamaffm.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;

/** Rows as aligned columns, two spaces apart. */
final class Table {

    private Table() {}

    static void print(PrintWriter out, List<String> header, Stream<List<String>> rows) {
        List<List<String>> lines = Stream.concat(Stream.of(header), rows).toList();
        int[] widths = new int[header.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i)).repeat(" ", widths[i] - line.get(i).length() + 2);
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
