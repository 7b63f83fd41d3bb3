package io.github.llamaffm.support;

import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Sees from outside that a native function is running. */
public final class NativeFrames {
    private NativeFrames() {
    }

    /** Returns once a platform thread is inside this function, or fails when the call that should lead there has ended. */
    public static void await(String function, BooleanSupplier ended) {
        while (!isRunning(function)) {
            if (ended.getAsBoolean()) {
                throw new AssertionError("ended before " + function + " was seen");
            }
            Thread.onSpinWait();
        }
    }

    /** Whether a platform thread is inside this function: its binding is on the stack of one that is not blocked. */
    public static boolean isRunning(String function) {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .anyMatch(frame -> frame.getMethodName().equals(function));
    }
}
