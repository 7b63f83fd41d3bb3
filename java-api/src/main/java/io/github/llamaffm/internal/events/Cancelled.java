package io.github.llamaffm.internal.events;

/**
 * What is told of work that was stopped.
 *
 * @param model name of its file, without folders
 * @param contextId number of the context in this process, from 1; 0: of a load
 * @param reason of its end, as generations have one
 * @param reactionNanos from the wish to stop to the end; {@link Long#MIN_VALUE} where nobody knows when it came
 */
public record Cancelled(
        String model, long contextId, String work, String reason, int generatedTokens, int droppedTokens, long reactionNanos) {}
