package io.github.llamaffm.faults;

import io.github.llamaffm.PoisonedContextException;
import io.github.llamaffm.faults.Faults.Kind;
import io.github.llamaffm.faults.Operation.Attempt;
import io.github.llamaffm.faults.Operation.Opened;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Random;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * Runs one operation again and again, and lets another of its native calls fail each time. Whatever happens is written to a file
 * at once, a line each, so that the line before a crash is its place.
 *
 * <p>Arguments: the folder of {@link World#writeFiles}, the file to append to, an {@link Operation}, a {@link Kind}, {@code one} or
 * {@code rest} (that call fails, or it and all after it), the number of the call to begin after, how many calls are tried (0: every
 * one), a seed to draw them with, a file for the places or "-".
 */
public final class FaultProcess {

    private final Faults faults = new Faults();
    private final World world;
    private final OutputStream report;
    private final Operation operation;
    private final Kind kind;
    private final boolean rest;
    private String right = "";
    private int poisoned;

    private FaultProcess(String[] arguments) throws IOException {
        report = new FileOutputStream(arguments[1], true);
        operation = Operation.valueOf(arguments[2]);
        kind = Kind.valueOf(arguments[3]);
        rest = arguments[4].equals("rest");
        faults.countBlocks();
        faults.file("tiny.gguf");
        if (!arguments[8].equals("-")) {
            faults.places(Path.of(arguments[8]));
        }
        world = World.open(Path.of(arguments[0]));
    }

    public static void main(String[] arguments) throws Exception {
        FaultProcess process = new FaultProcess(arguments);
        try {
            process.run(Long.parseLong(arguments[5]), Integer.parseInt(arguments[6]), Long.parseLong(arguments[7]));
        } finally {
            process.world.close();
        }
    }

    private void run(long after, int samples, long seed) throws IOException {
        right = unfailed();
        for (int i = 0; i < 3; i++) {
            require(right.equals(unfailed()), "not the same without a failure: " + unfailed() + ", not " + right);
        }
        long calls = calls();
        write("calls\t" + calls + "\t" + right);
        Iterator<Long> numbers = samples == 0
                ? LongStream.iterate(after + 1, n -> n + 1).iterator()
                : new Random(seed).longs(samples, 1, calls + 1).distinct().sorted().filter(n -> n > after).iterator();
        while (numbers.hasNext()) {
            long number = numbers.next();
            long blocks = faults.blocks();
            long bytes = faults.bytes();
            write("begin\t" + number);
            Outcome outcome = attempt(number, n -> n == number || rest && n > number);
            if (outcome.failed() == 0) {
                write("end\t" + number + "\tuntouched\t0\t0\t0\t" + outcome.text());
                require(outcome.text().equals(right), "call " + number + " did not fail, but: " + outcome.text());
                break;
            }
            boolean same = outcome.thrown() == null && outcome.text().equals(right);
            write("end\t" + number + "\t" + (outcome.thrown() == null ? same ? "right" : "wrong" : outcome.thrown().getClass().getName())
                    + "\t" + outcome.failed() + "\t" + (faults.blocks() - blocks) + "\t" + (faults.bytes() - bytes) + "\t"
                    + outcome.text().replaceAll("\\s+", " "));
            if (outcome.thrown() != null && !(outcome.thrown() instanceof RuntimeException)) {
                outcome.thrown().printStackTrace();
            }
            require(world.isUnchanged(), "what was open beside it computes something else");
            String again = unfailed();
            require(again.equals(right), "afterwards, without a failure: " + again + ", not " + right);
        }
        write("done\t" + poisoned);
    }

    /** How it ended: with a text or a throwable, whose message is the text then. */
    private record Outcome(long failed, Throwable thrown, String text) {}

    private Outcome attempt(long number, LongPredicate fails) {
        try (Attempt attempt = operation.prepare(world); Opened opened = new Opened()) {
            faults.arm(kind, number, fails.test(number + 1) ? Long.MAX_VALUE : number);
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
            poisoned++;
        }
    }

    private String unfailed() {
        Outcome outcome = attempt(Long.MAX_VALUE, n -> false);
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
            write("lost\t" + text);
            throw new AssertionError(text);
        }
    }

    private void write(String line) throws IOException {
        report.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
