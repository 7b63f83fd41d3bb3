package io.github.llamaffm.cli;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.ShutdownException;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Turns the signal that ends the process (Ctrl-C, SIGTERM) into a cancellation, and holds the end back until the command
 * has said its last words. The exit code stays the signal's, 130 or 143.
 *
 * <p>A shutdown hook and not a signal handler: Java has no public API for those.
 */
final class Interrupt implements AutoCloseable {

    /** What a shell expects of a command that Ctrl-C ended: 128 and the number of SIGINT. */
    static final int EXIT_CODE = 130;

    /** A command that has not ended by then is stuck, and the user wants it gone. */
    private static final int PATIENCE_SECONDS = 5;

    private final Cancellation cancellation = Cancellation.create();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::cancelAndWait, "llama-ffm-interrupt");

    private Interrupt() {}

    /** What a command does until a signal cuts it short. */
    @FunctionalInterface
    interface Work<E extends Exception> {

        /** @return the exit code */
        int run(Interrupt interrupt) throws E;
    }

    /** Does the work of a command, and says so where a signal ended it. All that was printed is written before the process may end. */
    static <E extends Exception> int during(CommandSpec spec, Work<E> work) throws E {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Interrupt interrupt = install()) {
            try {
                return work.run(interrupt);
            } catch (CancelledException | ShutdownException | CancellationException e) {
                return report(err);
            } finally {
                // Before close(), which lets the process end.
                out.flush();
                err.flush();
            }
        }
    }

    /** Starts to listen; {@link #close} ends that. */
    static Interrupt install() {
        Interrupt interrupt = new Interrupt();
        Runtime.getRuntime().addShutdownHook(interrupt.hook);
        return interrupt;
    }

    /** Says that a signal ended it. */
    static int report(PrintWriter err) {
        err.println("llama-ffm: interrupted");
        return EXIT_CODE;
    }

    /** Is cancelled by the signal. */
    Cancellation cancellation() {
        return cancellation;
    }

    /** The command has printed all that it has to print. */
    @Override
    public void close() {
        finished.countDown();
        if (!cancellation.isCancelled()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException _) {
                // The signal came just now: the hook runs, and finds the command finished.
            }
        }
    }

    private void cancelAndWait() {
        cancellation.cancel();
        try {
            finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
