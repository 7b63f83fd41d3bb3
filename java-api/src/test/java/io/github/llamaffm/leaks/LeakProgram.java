package io.github.llamaffm.leaks;

import io.github.llamaffm.Model;
import io.github.llamaffm.support.Collected;
import io.github.llamaffm.support.LiveBlocks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Repeats what the arguments name ({@code KIND=ROUNDS}) and prints what the process has meanwhile: for each kind its name, its
 * readings, and what was closed and is still reachable. Argument 0: readings of each kind.
 */
final class LeakProgram {

    /** Rounds that are not measured: until then the JVM compiles, loads classes and fills caches. */
    private static final int WARM_UP = 3_000;

    private LeakProgram() {}

    public static void main(String[] arguments) throws Exception {
        int readings = Integer.parseInt(arguments[0]);
        Path folder = Files.createTempDirectory("llama-ffm-leaks");
        Fixture files = Fixture.in(folder);
        // The library and what it keeps for the whole process are there before anything is counted.
        Model.load(files.model()).close();
        LiveBlocks live = LiveBlocks.start();
        for (int i = 1; i < arguments.length; i++) {
            String[] kind = arguments[i].split("=");
            measure(Rounds.valueOf(kind[0]), Integer.parseInt(kind[1]), readings, files, live);
        }
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static void measure(Rounds kind, int rounds, int readings, Fixture files, LiveBlocks live) throws Exception {
        Collected collected = new Collected();
        long start = System.nanoTime();
        // In a call of its own: what it made is reachable from this frame else.
        List<Reading> taken = readings(kind, rounds, readings, files.with(collected), live);
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.println(kind + " " + millis + " " + collected.size());
        taken.forEach(reading -> System.out.println(reading.toLine()));
        System.out.println("left " + collected.left());
    }

    private static List<Reading> readings(Rounds kind, int rounds, int readings, Fixture fixture, LiveBlocks live)
            throws Exception {
        List<Reading> taken = new ArrayList<>();
        try (Round round = kind.open(fixture)) {
            int warmUp = Math.max(rounds / 2, Math.min(2 * rounds, WARM_UP));
            repeat(round, 0, warmUp);
            for (int i = 0; i < readings; i++) {
                taken.add(Reading.take((long) rounds * i / (readings - 1), live));
                int next = (int) ((long) rounds * (i + 1) / (readings - 1));
                repeat(round, warmUp + (int) taken.getLast().rounds(), warmUp + Math.min(next, rounds));
            }
        }
        return taken;
    }

    private static void repeat(Round round, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            round.run(i);
        }
    }
}
