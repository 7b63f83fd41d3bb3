package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Asked before a call that leads to native code. Native code that runs over the end of a stack is a signal; in an upcall a
 * {@link StackOverflowError} ends the process, and in the middle of an operation it leaves half of it.
 */
final class StackRoom {

    /** What the JVM keeps free for native code, 80 KiB as a rule, and almost as much for this library. */
    private static final MemorySegment LEAST = Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 144 << 10);

    /** Nothing is formatted where so little is left: a class that cannot be initialised there stays unusable. */
    private static final String MESSAGE = "less than 144 KiB of the thread's stack are left, which a call needs: make it where"
            + " less has been called before, or give the thread a larger stack";

    private StackRoom() {}

    /** @throws StackOverflowError before anything is done, where a call could run over the end of this thread's stack */
    static void require() {
        if (LlamaFfm.lf_stack_is_short(LEAST) == 1) {
            throw new StackOverflowError(MESSAGE);
        }
    }
}
