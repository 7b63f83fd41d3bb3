package io.github.llamaffm.fuzz;

import io.github.llamaffm.Model;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Plays random operations. Exit code 0: nothing was wrong; 1: something was, stderr says what.
 *
 * <p>Arguments: an empty folder, the seed, how many operations, threads, further models. Every second thread is a virtual one.
 * The folder gets the trace, and {@code report.md}.
 */
final class FuzzProgram {

    /** Operations between two quiet points. */
    private static final int ROUND = Integer.getInteger("fuzz.round", 1000);

    private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("fuzz.hang", 120));

    private FuzzProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        long seed = Long.parseLong(arguments[1]);
        int operations = Integer.parseInt(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        List<Path> more = Arrays.stream(arguments).skip(4).map(Path::of).toList();

        // Counting costs time.
        Optional<Calls> calls = Boolean.getBoolean("fuzz.report") ? Optional.of(Calls.start()) : Optional.empty();
        Run run = new Run(seed, threads, folder, Inputs.make(Files.createDirectories(folder.resolve("inputs")), more));
        Watchdog.start(run, LIMIT);
        List<Report.Point> points = new ArrayList<>();
        long start = System.nanoTime();
        run.reference(Model.load(run.inputs().reference()));
        String expected = QuietPoint.answers(run);
        Random order = new Random(seed);
        int played = 0;
        while (played < operations && !run.failed()) {
            int share = Math.max(1, Math.min(ROUND, operations - played) / threads);
            run.step("operations");
            playRound(run, share);
            played += share * threads;
            run.settle();
            if (!run.failed()) {
                quiet(run, order, expected);
                points.add(new Report.Point(played, run.tally().aborts(), QuietPoint.measure()));
            }
        }
        if (!run.failed()) {
            run.reference().close();
        }
        Report report = new Report(run, played, threads, points, Duration.ofNanos(System.nanoTime() - start),
                calls.isPresent() ? calls.get().counts(folder) : Map.of());
        if (!run.failed()) {
            report.growth().ifPresent(growth -> run.fail(growth, null));
        }
        if (!run.failed()) {
            report.uncalled().ifPresent(uncalled -> run.fail(uncalled, null));
        }
        Files.writeString(folder.resolve("report.md"), report.page());
        Files.write(folder.resolve("messages.txt"), String.join("\n", run.tally().messages()).getBytes(StandardCharsets.UTF_8));
        if (run.failed()) {
            System.err.println(run.failure());
            if (run.cause() != null) {
                run.cause().printStackTrace();
            }
            // Not exit(): what is wrong may be that something does not end.
            System.err.flush();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void playRound(Run run, int share) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Player player : run.all()) {
            Thread.Builder builder = player.number() % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            threads.add(builder.name("player-" + player.number()).start(() -> player.play(share)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void quiet(Run run, Random order, String expected) {
        try {
            run.step("closing everything");
            QuietPoint.closeAll(run, order);
            run.step("the reference answers");
            String answers = QuietPoint.answers(run);
            if (!answers.equals(expected)) {
                run.fail("the answers were\n%s\nand are now\n%s".formatted(expected, answers), null);
            }
        } catch (RuntimeException | AssertionError e) {
            run.fail("at a quiet point", e);
        }
    }
}
