package io.github.llamaffm.fuzz;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Ends the process where an operation does not, after it has written what all threads do. */
final class Watchdog {

    static final int EXIT_CODE = 86;

    private Watchdog() {}

    /** @param limit of one operation, and of the time between two steps of the run while no operation is under way */
    static void start(Run run, Duration limit) {
        Thread.ofPlatform().daemon().name("watchdog").start(() -> {
            while (true) {
                try {
                    Thread.sleep(Duration.ofSeconds(1));
                } catch (InterruptedException e) {
                    return;
                }
                long now = System.nanoTime();
                for (Player player : run.all()) {
                    long started = player.startedNanos();
                    if (started != 0 && now - started > limit.toNanos()) {
                        end(run, "thread %d hangs in %s".formatted(player.number(), player.current()));
                    }
                }
                if (now - run.stepNanos() > limit.multipliedBy(5).toNanos()) {
                    end(run, "the run hangs: " + run.step());
                }
            }
        });
    }

    private static void end(Run run, String what) {
        try {
            Path file = run.folder().resolve("threads.txt");
            Files.deleteIfExists(file);
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toAbsolutePath().toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            System.err.println(what + "\n" + Files.readString(file));
        } catch (java.io.IOException e) {
            System.err.println(what + ", no thread dump: " + e);
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
