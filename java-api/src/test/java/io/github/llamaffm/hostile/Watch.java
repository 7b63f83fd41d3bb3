package io.github.llamaffm.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Ends the process where a case takes too much time or memory. */
final class Watch {

    static final int TOO_LONG = 98;
    static final int TOO_LARGE = 97;

    private static final Path MEMORY = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;
    private static final int EVERY_MILLISECONDS = 10;

    private final Journal journal;
    private final Thread watched = Thread.currentThread();
    private final long mostNanos;
    private final long mostBytes;
    private volatile long started;
    private volatile long before;
    private volatile long peak;

    Watch(Journal journal, long mostSeconds, long mostBytes) {
        this.journal = journal;
        this.mostNanos = mostSeconds * 1_000_000_000;
        this.mostBytes = mostBytes;
        Thread.ofPlatform().daemon().name("watch").start(this::watch);
    }

    void begin() {
        before = resident();
        peak = before;
        started = System.nanoTime();
    }

    /** Milliseconds since it began. */
    long end() {
        long elapsed = System.nanoTime() - started;
        peak = Math.max(peak, resident());
        started = 0;
        return elapsed / 1_000_000;
    }

    /** Bytes of resident memory that the case took at its worst. */
    long grown() {
        return peak - before;
    }

    private void watch() {
        while (true) {
            try {
                Thread.sleep(EVERY_MILLISECONDS);
            } catch (InterruptedException _) {
                return;
            }
            long since = started;
            if (since == 0) {
                continue;
            }
            long now = resident();
            peak = Math.max(peak, now);
            if (now - before > mostBytes) {
                giveUp(TOO_LARGE, "%d MiB of memory".formatted(now - before >> 20));
            }
            if (System.nanoTime() - since > mostNanos) {
                giveUp(TOO_LONG, "%d s".formatted(mostNanos / 1_000_000_000));
            }
        }
    }

    private void giveUp(int exitCode, String why) {
        journal.gaveUp(why + " in " + Arrays.stream(watched.getStackTrace()).limit(30)
                .map(frame -> frame.getClassName().replaceAll(".*\\.", "") + "." + frame.getMethodName())
                .filter(frame -> !frame.startsWith("LambdaForm") && !frame.startsWith("0x"))
                .limit(8).collect(Collectors.joining(" < ")));
        Runtime.getRuntime().halt(exitCode);
    }

    /** 0 where the system does not say. */
    private static long resident() {
        try {
            return Long.parseLong(Files.readString(MEMORY).split(" ")[1]) * PAGE;
        } catch (IOException _) {
            return 0;
        }
    }
}
