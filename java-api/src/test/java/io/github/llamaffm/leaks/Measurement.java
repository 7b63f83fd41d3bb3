package io.github.llamaffm.leaks;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What the program found of one kind of round.
 *
 * @param left what was closed and is still reachable; empty: nothing
 */
record Measurement(Rounds kind, long millis, int watched, List<Reading> readings, String left) {

    /** Of everything that the program printed. */
    static List<Measurement> parse(String output) {
        List<Measurement> all = new ArrayList<>();
        Iterator<String> lines = output.lines().iterator();
        while (lines.hasNext()) {
            String[] head = lines.next().split(" ");
            List<Reading> readings = new ArrayList<>();
            String line = lines.next();
            while (!line.startsWith("left")) {
                readings.add(Reading.parse(line));
                line = lines.next();
            }
            all.add(new Measurement(Rounds.valueOf(head[0]), Long.parseLong(head[1]), Integer.parseInt(head[2]), readings,
                    line.substring("left".length()).strip()));
        }
        return all;
    }

    /** For who has to find out why. */
    String describe() {
        return "%s: rounds, resident, allocated, arenas, jvm, heap, threads, files, mappings, blocks%n%s".formatted(kind,
                readings.stream().map(Reading::toLine).collect(Collectors.joining("\n")));
    }

    long rounds() {
        return readings.getLast().rounds();
    }

    /** How a number goes on from round to round. */
    Trend trend(ToLongFunction<Reading> number) {
        return Trend.of(readings.stream().mapToDouble(Reading::rounds).toArray(),
                readings.stream().mapToLong(number).asDoubleStream().toArray());
    }
}
