package io.github.llamaffm.benchmarks.gpu;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.github.llamaffm.benchmarks.gpu.Finding.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a check writes what it finds, line by line: a process that ends in the middle leaves what it has found. */
record Findings(Path file) {

    void judge(boolean holds, String what, String figures, Object... values) {
        add(holds ? Verdict.HOLDS : Verdict.MISSED, what, figures, values);
    }

    void show(String what, String figures, Object... values) {
        add(Verdict.SHOWN, what, figures, values);
    }

    void notJudged(String what, String figures, Object... values) {
        add(Verdict.NOT_JUDGED, what, figures, values);
    }

    /** One part of a check: what it throws is a finding, and the next part runs all the same. */
    void part(String what, Part part) {
        try {
            part.run();
        } catch (Exception | AssertionError e) {
            add(Verdict.MISSED, what, "%s", e);
        }
    }

    interface Part {
        void run() throws Exception;
    }

    List<Finding> read() {
        try {
            return Files.exists(file) ? Files.readAllLines(file).stream().map(Finding::decode).toList() : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void add(Verdict verdict, String what, String figures, Object... values) {
        try {
            Files.writeString(file, new Finding(verdict, what, Finding.text(figures, values)).encode() + "\n", CREATE, APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
