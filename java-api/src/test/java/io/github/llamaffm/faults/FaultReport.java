package io.github.llamaffm.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a {@link FaultProcess} wrote, perhaps before it crashed. */
final class FaultReport {

    /** One series, in figures. */
    static final class Figures {
        long calls;
        long tried;
        long right;
        long poisoned;
        long leakedBytes;
        boolean finished;
        final Map<String, Integer> exceptions = new TreeMap<>();
        final List<String> uncaught = new ArrayList<>();
    }

    private final Map<String, Figures> figures = new LinkedHashMap<>();
    private String series = "";
    private long begun;
    private boolean done = true;

    /** Reads all of it. */
    static FaultReport read(Path file) throws IOException {
        FaultReport report = new FaultReport();
        for (String line : Files.readAllLines(file)) {
            report.add(line.split("\t"));
        }
        return report;
    }

    private void add(String[] line) {
        Figures now = figures.computeIfAbsent(line[0].equals("series") ? line[1] : series, _ -> new Figures());
        switch (line[0]) {
            case "series" -> {
                series = line[1];
                begun = 0;
                done = false;
            }
            case "calls" -> now.calls = Long.parseLong(line[1]);
            case "begin" -> begun = Long.parseLong(line[1]);
            case "end" -> {
                now.tried++;
                now.leakedBytes += Long.parseLong(line[5]);
                if (line[2].equals("right")) {
                    now.right++;
                } else {
                    now.exceptions.merge(line[2], 1, Integer::sum);
                }
            }
            case "poisoned" -> now.poisoned++;
            case "crash" -> {
                now.tried++;
                now.uncaught.add(line[1]);
            }
            case "done" -> {
                done = true;
                now.finished = true;
            }
            default -> throw new AssertionError(series + ", call " + begun + ": " + String.join(" ", line));
        }
    }

    Map<String, Figures> figures() {
        return figures;
    }

    /** The series that was under way at the end. */
    String series() {
        return series;
    }

    /** The last call that was to fail. */
    long begun() {
        return begun;
    }

    boolean isDone() {
        return done;
    }
}
