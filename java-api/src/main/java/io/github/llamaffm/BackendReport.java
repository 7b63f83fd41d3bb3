package io.github.llamaffm;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which native libraries run, and why each other one does not.
 *
 * @param platform of this JVM, such as {@code linux-x86_64}
 * @param core the core library that is open
 * @param cpuModule the CPU module in use; empty where it cannot be told, because another class loader loaded it
 * @param candidates everything that was looked at, in that order
 * @param warnings what works but should be known to the operator; empty as a rule
 */
public record BackendReport(
        String platform, Path core, Optional<Path> cpuModule, List<Candidate> candidates, List<String> warnings) {

    /** Copies the lists. */
    public BackendReport {
        candidates = List.copyOf(candidates);
        warnings = List.copyOf(warnings);
    }

    /**
     * One library that could have been used.
     *
     * @param name a path, or what was looked at instead of one
     * @param status what became of it
     * @param reason why, in one line
     */
    public record Candidate(String name, Status status, String reason) {}

    /** What became of a candidate. */
    public enum Status {
        /** It is in use. */
        USED,
        /** It was not wanted: it does not fit this machine, or another one is better. */
        REJECTED,
        /** It should have worked and did not. */
        FAILED
    }
}
