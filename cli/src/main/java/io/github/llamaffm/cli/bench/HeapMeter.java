package io.github.llamaffm.cli.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts what the calling thread allocates on the heap. */
final class HeapMeter {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private HeapMeter() {}

    /** Bytes since the thread started. */
    static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
