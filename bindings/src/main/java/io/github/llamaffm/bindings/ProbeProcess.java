package io.github.llamaffm.bindings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * Runs the program that lies beside the libraries, until it ends or its time is over.
 *
 * @param program {@code probe}
 * @param limit   how long it may take
 */
record ProbeProcess(Path program, Duration limit) {

    /** More than the program itself ever says: drivers may print in between. */
    private static final int MAX_OUTPUT = 1 << 16;

    /** What a killed process needs, unless it hangs in the kernel. */
    private static final Duration TO_DIE = Duration.ofSeconds(1);

    /**
     * How it ended.
     *
     * @param status its exit value; empty where its time was over
     * @param output of both streams, as far as it was kept
     */
    record Ended(OptionalInt status, String output) {}

    /** @throws Unusable if it cannot be started */
    Ended run(List<String> arguments) throws Unusable {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw Unusable.because("it cannot be started", e);
        }
        Output output = new Output(process.getInputStream());
        Thread reader = Thread.ofPlatform().daemon().name("llama-ffm-probe").start(output);
        boolean ended = wait(limit, left -> process.waitFor(left, TimeUnit.NANOSECONDS));
        if (!ended) {
            process.destroyForcibly();
            wait(TO_DIE, left -> process.waitFor(left, TimeUnit.NANOSECONDS));
        }
        // What it started itself may hold the pipe open.
        wait(TO_DIE, left -> reader.join(Duration.ofNanos(left)));
        return new Ended(ended ? OptionalInt.of(process.exitValue()) : OptionalInt.empty(), output.text());
    }

    @FunctionalInterface
    private interface Waiting {
        boolean forNanos(long left) throws InterruptedException;
    }

    /** Goes on on an interrupted thread, which stays interrupted. */
    private static boolean wait(Duration limit, Waiting waiting) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return waiting.forNanos(end - System.nanoTime());
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Reads to the end, so that the process never waits for a reader. */
    private static final class Output implements Runnable {

        private final InputStream in;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        Output(InputStream in) {
            this.in = in;
        }

        @Override
        public void run() {
            byte[] buffer = new byte[4096];
            try (in) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    keep(buffer, n);
                }
            } catch (IOException _) {
                // It was killed.
            }
        }

        // The last lines are those that count.
        private synchronized void keep(byte[] bytes, int count) {
            if (kept.size() + count > MAX_OUTPUT) {
                byte[] all = kept.toByteArray();
                kept.reset();
                kept.write(all, all.length / 2, all.length - all.length / 2);
            }
            kept.write(bytes, 0, count);
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
