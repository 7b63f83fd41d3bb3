package io.github.llamaffm.bindings;

import java.util.Locale;

/**
 * The exit value of a process in words.
 *
 * @param text          such as SIGILL
 * @param isFromOutside whether something else than the process itself ended it: somebody who interrupts it, or the system that
 *                      lacks memory
 */
record ProbeExit(String text, boolean isFromOutside) {

    /** Java's: 128 and the signal. */
    private static final int SIGNALS = 128;

    static ProbeExit of(int status, Platform platform) {
        return platform.isWindows() ? windows(status) : unix(status, platform.isMac());
    }

    private static ProbeExit unix(int value, boolean mac) {
        int signal = value - SIGNALS;
        return switch (signal) {
            case 1 -> outside("SIGHUP");
            case 2 -> outside("SIGINT");
            case 3 -> outside("SIGQUIT");
            case 4 -> died("SIGILL, an instruction that this machine does not run,");
            case 5 -> died("SIGTRAP");
            case 6 -> died("SIGABRT");
            case 7 -> died(mac ? "SIGEMT" : "SIGBUS");
            case 8 -> died("SIGFPE");
            case 9 -> outside("SIGKILL, for lack of memory perhaps,");
            case 10 -> mac ? died("SIGBUS") : outside("signal 10");
            case 11 -> died("SIGSEGV");
            case 12 -> mac ? died("SIGSYS") : outside("signal 12");
            case 15 -> outside("SIGTERM");
            case 31 -> died(mac ? "signal 31" : "SIGSYS, a system call that is not allowed here,");
            default -> signal > 0 ? outside("signal " + signal) : died("exit code " + value);
        };
    }

    private static ProbeExit windows(int value) {
        return switch (value) {
            case 0xC000001D -> died("an illegal instruction (0xC000001D)");
            case 0xC0000005 -> died("an access violation (0xC0000005)");
            case 0xC0000409 -> died("a failure that it found itself (0xC0000409)");
            case 0xC000013A -> outside("Ctrl-C");
            default -> died(value < 0 ? "0x" + Integer.toHexString(value).toUpperCase(Locale.ROOT) : "exit code " + value);
        };
    }

    private static ProbeExit died(String text) {
        return new ProbeExit(text, false);
    }

    private static ProbeExit outside(String text) {
        return new ProbeExit(text, true);
    }
}
