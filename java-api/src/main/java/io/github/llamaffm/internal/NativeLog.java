package io.github.llamaffm.internal;

import io.github.llamaffm.bindings.LogLevel;
import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries llama.cpp's log lines to the logger {@code io.github.llamaffm.native}. Any thread.
 *
 * <p>llama.cpp tells at its level INFO what a Java program would call debugging: a model's load alone is two hundred lines. So
 * its INFO becomes DEBUG and its DEBUG becomes TRACE; warnings and errors keep their level. Native code keeps only lines
 * that the logger wanted when the library was loaded.
 */
public final class NativeLog {

    private static final Logger LOGGER = LoggerFactory.getLogger("io.github.llamaffm.native");
    private static final VarHandle COUNTER = ValueLayout.JAVA_LONG.varHandle();
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int INFO = 2;
    private static final int WARN = 3;
    private static final int ERROR = 4;

    private static final ReentrantLock DRAINING = new ReentrantLock();
    private static final MemorySegment COUNTER_ADDRESS =
            Pointers.view(LlamaFfm.lf_log_counter(), ValueLayout.JAVA_LONG.byteSize());
    private static final MemorySegment BUFFER = Arena.global().allocate(BUFFER_BYTES, Long.BYTES);

    private static volatile long seen;

    private NativeLog() {}

    /** Tells native code which lines to keep. Needs the library. */
    public static void install() {
        if (LOGGER.isTraceEnabled()) {
            NativeLibrary.keepLogs(LogLevel.DEBUG);
        } else if (LOGGER.isDebugEnabled()) {
            NativeLibrary.keepLogs(LogLevel.INFO);
        }
    }

    /** Logs what is new. Costs one read of memory where nothing is. */
    public static void drain() {
        drain(false);
    }

    /**
     * As {@link #drain()}, after a call that ended as its caller wished: llama.cpp reports a cancelled computation as four
     * errors, which nobody has to look at.
     */
    public static void drainExpected() {
        drain(true);
    }

    private static void drain(boolean expected) {
        long written = (long) COUNTER.getVolatile(COUNTER_ADDRESS, 0L);
        if (written != seen && DRAINING.tryLock()) {
            try {
                seen = written;
                long bytes;
                while ((bytes = LlamaFfm.lf_log_drain(BUFFER, BUFFER_BYTES)) > 0) {
                    logLines(BUFFER, bytes, expected);
                }
            } finally {
                DRAINING.unlock();
            }
        }
    }

    /** Each line is an int level, an int length, the bytes, and padding to a multiple of four. */
    private static void logLines(MemorySegment lines, long end, boolean expected) {
        long at = 0;
        while (at < end) {
            int level = lines.get(ValueLayout.JAVA_INT, at);
            int length = lines.get(ValueLayout.JAVA_INT, at + 4);
            byte[] text = lines.asSlice(at + 8, length).toArray(ValueLayout.JAVA_BYTE);
            log(expected ? Math.min(level, INFO) : level, new String(text, StandardCharsets.UTF_8));
            at += 8 + (length + 3) / 4 * 4;
        }
    }

    private static void log(int level, String line) {
        switch (level) {
            case ERROR -> LOGGER.error("{}", line);
            case WARN -> LOGGER.warn("{}", line);
            case INFO -> LOGGER.debug("{}", line);
            default -> LOGGER.trace("{}", line);
        }
    }
}
