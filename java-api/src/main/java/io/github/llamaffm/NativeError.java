package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What native code says about the last call of this thread that failed.
 *
 * @param message of the shim
 * @param log warnings and errors that llama.cpp logged during the call, oldest first
 */
record NativeError(String message, List<String> log) {

    private static final String FAILED = "failed: ";
    private static final String THROWN = "llama.cpp ";

    /** Where a call returns NULL, there is no status to see this from. */
    private static final String SHUTDOWN = ": the process is ending";

    /** The same, for LF_ERROR_CANCELLED. */
    private static final String CANCELLED = " failed: cancelled";


    /** The same, for LF_ERROR_REMOTE. */
    private static final String REMOTE = " failed: RPC: ";

    /** Between the name of the call and its reason. */
    private static final String IN_GRAPH = "^\\w+ \\w+ in a graph: .*";

    /** How the C++ library, ggml and the shim say that an allocation failed. */
    private static final Pattern OUT_OF_MEMORY =
            Pattern.compile("std::bad_alloc|out of memory|insufficient memory|(failed|unable) to allocate|Cannot allocate memory");

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

    /** Whether the call ended in the middle of a graph, in which the threads of its pool wait. */
    boolean isInGraph() {
        return message.matches(IN_GRAPH);
    }

    /** Whether there was no memory for what the call needed. */
    private boolean isOutOfMemory() {
        return Stream.concat(Stream.of(message), log.stream()).anyMatch(line -> OUT_OF_MEMORY.matcher(line).find());
    }

    /** One line. What llama.cpp aborts or throws is a reason; where it only fails, those in the log say more. */
    String summary() {
        String said = said();
        return isOutOfMemory() ? "out of memory: free some, or raise the limit of this process (" + said + ")" : said;
    }

    private String said() {
        String reason = reason(message);
        String lines = String.join("; ", log);
        if (log.isEmpty()) {
            return reason;
        }
        return reason.startsWith(THROWN) ? reason + "; " + lines : lines;
    }

    /** Without the function of the shim that failed, which users do not know. */
    private static String reason(String message) {
        if (!message.startsWith("lf_")) {
            return message;
        }
        String rest = message.substring(message.indexOf(' ') + 1);
        return rest.startsWith(FAILED) ? reason(rest.substring(FAILED.length())) : THROWN + rest;
    }
}
