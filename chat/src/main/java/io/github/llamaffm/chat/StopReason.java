package io.github.llamaffm.chat;

/** Why an answer ended. */
public enum StopReason {

    /** The model ended it. */
    END,

    /** {@link AskOptions.Values#maxTokens()}, or the end of the context. */
    LENGTH,

    /** One of {@link AskOptions.Values#stop()}. */
    STOP,

    /** The model asks for tools, which the caller runs. */
    TOOL_CALLS,

    /** {@link AskOptions.Values#deadline()}. */
    DEADLINE,

    /** Somebody cancelled it. */
    CANCELLED
}
