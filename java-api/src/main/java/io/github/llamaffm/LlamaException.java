package io.github.llamaffm;

import java.io.Serial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong that is not a wrong argument ({@link IllegalArgumentException}) and not a use after close ({@link
 * IllegalStateException}). The message names the numbers and the next step.
 */
public abstract sealed class LlamaException extends RuntimeException
        permits AdapterException,
                CancelledException,
                ConcurrentUseException,
                ContextCreationException,
                DecodeException,
                GpuRequiredException,
                GrammarException,
                InsufficientMemoryException,
                ModelLoadException,
                NativeLoadException,
                NoKvSpaceException,
                PoisonedContextException,
                PromptTooLongException,
                RankingException,
                RpcException,
                SamplingException,
                ShutdownException,
                StateException,
                TextTooLongException,
                TokenizeException,
                UnsupportedMemoryException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Oldest first. */
    private final String[] nativeLog;

    LlamaException(String message, List<String> nativeLog, @Nullable Throwable cause) {
        super(message, cause);
        this.nativeLog = nativeLog.toArray(String[]::new);
    }

    LlamaException(String message, List<String> nativeLog) {
        this(message, nativeLog, null);
    }

    /** The warnings and errors that llama.cpp logged during the call that failed, oldest first; may be empty. */
    public List<String> nativeLog() {
        return List.of(nativeLog);
    }
}
