package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.util.List;

/**
 * What native code says about the last call of this thread that failed.
 *
 * @param message of the shim
 * @param log warnings and errors that llama.cpp logged during the call, oldest first
 */
record NativeError(String message, List<String> log) {

    /** Where a call returns NULL, there is no status to see this from. */
    private static final String SHUTDOWN = ": the process is ending";

    /** The same, for LF_ERROR_CANCELLED. */
    private static final String CANCELLED = " failed: cancelled";

    /** The same, for LF_ERROR_REMOTE. */
    private static final String REMOTE = " failed: RPC: ";

    /** How the shim tells of an abort. */
    private static final String ABORT = " aborted: ";

    /** Calls {@code lf_last_error}. */
    static NativeError last() {
        List<String> lines = NativeStrings.read(LlamaFfm.lf_last_error()).lines().toList();
        return lines.isEmpty()
                ? new NativeError("no reason given", List.of())
                : new NativeError(lines.getFirst(), lines.subList(1, lines.size()));
    }

    /** Whether the call was refused because the process is ending. */
    boolean isShutdown() {
        return message.endsWith(SHUTDOWN);
    }

    /** Whether the call noticed that it was asked to stop. */
    boolean isCancelled() {
        return message.endsWith(CANCELLED);
    }

    /** Whether an RPC server could not be reached, or was lost. */
    boolean isRemote() {
        return message.contains(REMOTE);
    }

    /** What is wrong with a server, where {@link #isRemote()}. */
    String remoteReason() {
        return message.substring(message.indexOf(REMOTE) + REMOTE.length());
    }

    /** Whether the call ended by an abort. */
    private boolean isAbort() {
        return message.contains(ABORT);
    }

    /** One line: the reasons in the log say more than the call that failed, but not more than an abort. */
    String summary() {
        String reasons = String.join("; ", log);
        return log.isEmpty() ? message : isAbort() ? message + "; " + reasons : reasons;
    }
}
