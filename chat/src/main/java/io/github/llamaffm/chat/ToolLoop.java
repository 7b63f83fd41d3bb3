package io.github.llamaffm.chat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Who runs tools, and how far. Made by {@link #automatic()} or {@link #manual()} and the methods that change a copy.
 *
 * @param runsTools whether the call runs handlers and asks the model again; else it ends with {@link StopReason#TOOL_CALLS}
 * @param maxRounds the most times that the model may ask for tools in one call, at least 1; then {@link ToolException}
 * @param executor runs handlers, given to it in the order of the calls; empty: a virtual thread each
 * @param timeLimit of one handler, from its start on; empty: none but the call's
 * @param onError what becomes of a handler that throws an exception, takes too long or gets no thread
 */
public record ToolLoop(boolean runsTools, int maxRounds, Optional<Executor> executor, Optional<Duration> timeLimit, OnToolError onError) {

    /** Checks the values. */
    public ToolLoop {
        if (maxRounds < 1) {
            throw new IllegalArgumentException("maxRounds " + maxRounds + " is less than 1");
        }
        if (timeLimit.isPresent() && !timeLimit.get().isPositive()) {
            throw new IllegalArgumentException("timeLimit " + timeLimit.get() + " is not positive");
        }
    }

    /** The call runs handlers: at most 8 rounds, a virtual thread per handler, exceptions are told to the model. */
    public static ToolLoop automatic() {
        return new ToolLoop(true, 8, Optional.empty(), Optional.empty(), OnToolError.TELL_MODEL);
    }

    /** The caller runs tools, those with a handler too, and answers with a {@link ToolMessage} for each {@link ToolCall}. */
    public static ToolLoop manual() {
        return new ToolLoop(false, 8, Optional.empty(), Optional.empty(), OnToolError.TELL_MODEL);
    }

    /** With another limit of rounds. */
    public ToolLoop maxRounds(int rounds) {
        return new ToolLoop(runsTools, rounds, executor, timeLimit, onError);
    }

    /** With another executor. */
    public ToolLoop executor(Executor value) {
        return new ToolLoop(runsTools, maxRounds, Optional.of(value), timeLimit, onError);
    }

    /** With a limit of one handler's time. */
    public ToolLoop timeLimit(Duration limit) {
        return new ToolLoop(runsTools, maxRounds, executor, Optional.of(limit), onError);
    }

    /** With another treatment of exceptions. */
    public ToolLoop onError(OnToolError value) {
        return new ToolLoop(runsTools, maxRounds, executor, timeLimit, value);
    }
}
