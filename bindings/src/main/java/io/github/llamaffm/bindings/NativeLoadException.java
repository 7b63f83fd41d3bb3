package io.github.llamaffm.bindings;

import java.io.Serial;
import java.util.List;

/**
 * The native library cannot be used in this process. The message names every place that was tried with its reason, and
 * the next thing to do. It is the same on every later attempt: nothing is tried twice.
 */
public final class NativeLoadException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<LoadReport.Candidate> candidates;

    NativeLoadException(String message, List<LoadReport.Candidate> candidates, Throwable cause) {
        super(message, cause);
        this.candidates = List.copyOf(candidates);
    }

    /** Everything that was tried, in that order; empty after deserialisation. */
    public List<LoadReport.Candidate> candidates() {
        return candidates == null ? List.of() : candidates;
    }
}
