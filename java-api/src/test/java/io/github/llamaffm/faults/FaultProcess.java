package io.github.llamaffm.faults;

import io.github.llamaffm.LlamaException;
import io.github.llamaffm.PoisonedContextException;
import io.github.llamaffm.faults.Operation.Attempt;
import io.github.llamaffm.faults.Operation.Opened;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Runs operations again and again, and lets another of their native calls fail each time. Whatever happens is written to a file
 * at once, a line each, so that the line before a crash is its place. What must not happen ends this with exit code 1.
 *
 * <p>Arguments: the folder of {@link World#writeFiles}, the file to append to, the {@link FaultSeries} to run, the number of the
 * call to begin after in the first of them, how many calls of each are tried (0: every one), a seed to draw them with, a file
 * for the places where calls failed or "-", series of which every call is tried whatever was said before.
 */
public final class FaultProcess {

    private final Faults faults = new Faults();
    private final World world;
    private final OutputStream report;
    private final int samples;
    private final long seed;
    private final String whole;

    private FaultProcess(Path folder, String report, int samples, long seed, String places, String whole) throws IOException {
        this.report = new FileOutputStream(report, true);
        this.samples = samples;
        this.seed = seed;
        this.whole = whole;
        faults.countBlocks();
        faults.file("tiny.gguf");
        if (!places.equals("-")) {
            faults.places(Path.of(places));
        }
        world = World.open(folder);
    }

    public static void main(String[] arguments) throws Exception {
        List<FaultSeries> all = FaultSeries.split(arguments[2]);
        long after = Long.parseLong(arguments[3]);
        FaultProcess process = new FaultProcess(Path.of(arguments[0]), arguments[1], Integer.parseInt(arguments[4]),
                Long.parseLong(arguments[5]), arguments[6], arguments[7]);
        try {
            for (FaultSeries series : all) {
                process.new Run(series).run(after);
                after = 0;
            }
        } finally {
            process.world.close();
        }
    }

    /** How an attempt ended: with a text or a throwable, whose message is the text then. */
    private record Outcome(long failed, Throwable thrown, String text) {}

    /** One series. */
    private final class Run {
        private final FaultSeries series;
        private String right = "";

        private Run(FaultSeries series) {
            this.series = series;
        }

        private void run(long after) throws IOException {
            write("series", series);
            right = unfailed();
            long calls = calls();
            write("calls", calls);
            Iterator<Long> numbers = samples == 0 || List.of(whole.split(",")).contains(series.toString())
                    ? LongStream.iterate(after + 1, n -> n + 1).iterator()
                    : new Random(seed).longs(samples, 1, Math.max(calls, 1) + 1).distinct().sorted().filter(n -> n > after).iterator();
            boolean going = true;
            while (going && numbers.hasNext()) {
                going = tryWith(numbers.next());
            }
            write("done", series);
        }

        private boolean tryWith(long number) throws IOException {
            write("begin", number);
            long blocks = faults.blocks();
            long bytes = faults.bytes();
            Outcome outcome = attempt(number, series.rest() ? Long.MAX_VALUE : number);
            String kind = outcome.thrown() == null ? "right" : outcome.thrown().getClass().getSimpleName();
            if (outcome.failed() > 0) {
                write("end", number, kind, outcome.failed(), faults.blocks() - blocks, faults.bytes() - bytes,
                        outcome.text().replaceAll("\\s+", " "));
            }
            require(outcome.thrown() != null || outcome.text().equals(right), "a wrong result: " + outcome.text() + ", not " + right);
            require(isDocumented(outcome.thrown()), "not an exception of ours: " + kind + ": " + outcome.text());
            if (outcome.failed() == 0) {
                require(outcome.thrown() == null, kind + " though nothing failed: " + outcome.text());
                return false;
            }
            require(world.isUnchanged(), "what was open beside it computes something else");
            String again = unfailed();
            require(again.equals(right), "afterwards, without a failure: " + again + ", not " + right);
            return true;
        }

        /** Java has no threads but those of the system. */
        private boolean isDocumented(Throwable thrown) {
            return thrown == null
                    || thrown instanceof LlamaException
                    || series.kind() == Faults.Kind.JAVA_THREAD && thrown instanceof OutOfMemoryError;
        }

        private Outcome attempt(long first, long last) {
            try (Attempt attempt = series.operation().prepare(world); Opened opened = new Opened()) {
                faults.arm(series.kind(), first, last);
                try {
                    String text = attempt.run(opened);
                    faults.disarm();
                    return new Outcome(faults.failed(), null, text);
                } catch (Throwable e) {
                    faults.disarm();
                    if (attempt.isRepeatable()) {
                        repeat(attempt);
                    }
                    return new Outcome(faults.failed(), e, String.valueOf(e.getMessage()));
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private void repeat(Attempt attempt) throws IOException {
            try (Opened opened = new Opened()) {
                String text = attempt.run(opened);
                require(text.equals(right), "once more, on the same objects: " + text + ", not " + right);
            } catch (PoisonedContextException e) {
                write("poisoned", series);
            }
        }

        private String unfailed() {
            Outcome outcome = attempt(Long.MAX_VALUE, Long.MAX_VALUE);
            if (outcome.thrown() != null) {
                throw new IllegalStateException("without a failure: " + outcome.thrown(), outcome.thrown());
            }
            return outcome.text();
        }

        private long calls() {
            unfailed();
            return faults.disarm();
        }

        private void require(boolean condition, String text) throws IOException {
            if (!condition) {
                write("lost", text);
                throw new AssertionError(series + ": " + text);
            }
        }
    }

    private void write(Object... fields) throws IOException {
        StringBuilder line = new StringBuilder();
        for (Object field : fields) {
            line.append(line.isEmpty() ? "" : "\t").append(field);
        }
        report.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }
}
