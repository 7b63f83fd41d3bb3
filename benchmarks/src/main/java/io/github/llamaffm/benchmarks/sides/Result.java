package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One line of what a driver prints, in whatever language it is written.
 *
 * @param what the name of the measurement
 */
record Result(String what, Sample sample) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final double TICK_NANOS = 1e7;

    static Result parse(String line) {
        JsonNode json = JSON.readTree(line);
        double cpu = json.path("cpu").doubleValue(0);
        return new Result(json.required("what").stringValue(),
                new Sample(json.required("value").doubleValue(), cpu > 0 ? OptionalDouble.of(cpu) : OptionalDouble.empty()));
    }

    /** Prints one. */
    static void print(String what, double value) {
        print(what, value, 0);
    }

    /** Prints one with its user CPU time. */
    static void print(String what, double value, double cpu) {
        out().println(String.format(Locale.ROOT, "{\"what\": \"%s\", \"value\": %.0f, \"cpu\": %.0f}", what, value, cpu));
    }

    /** The most that was resident of this process, in bytes. */
    static double peak() {
        return peak("self");
    }

    /** The most that was resident of a process, in bytes. */
    static double peak(String process) {
        return 1024 * Double.parseDouble(read("/proc/" + process + "/status").lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\D", ""));
    }

    /** User CPU time of a process (`self`, or its number) in nanoseconds, as the kernel counts it: in hundredths of a second. */
    static double cpu(String process) {
        String stat = read("/proc/" + process + "/stat");
        return TICK_NANOS * Double.parseDouble(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[11]);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PrintStream out() {
        return System.out;
    }
}
