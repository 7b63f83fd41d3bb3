package io.github.llamaffm;

/** How the weights come from the file into memory. {@code enum llama_load_mode}. */
public enum LoadMode {
    /** Mapped where the devices, and the place of a resource in its jar, allow it; else read. */
    AUTO,
    /**
     * Mapped into memory: pages are read when they are first used, and shared with other processes. Nobody may cut the file
     * while the model is open: the system ends a process that uses pages which are gone.
     */
    MAP,
    /** Mapped, read and locked in physical memory: nothing is swapped out. Needs a limit on locked memory that is high enough. */
    MAP_LOCKED,
    /** Read into memory of the process. */
    READ,
    /** Read into memory of the process that is locked in physical memory. */
    READ_LOCKED,
    /** Read past the page cache, where the file system can do that; else as {@link #READ}. Not for a resource inside a jar. */
    DIRECT_IO
}
