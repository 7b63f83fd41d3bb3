package io.github.llamaffm.chat;

import java.time.Duration;

/** What happens while an answer is made, in order. */
public sealed interface ChatEvent {

    /**
     * The prompt is being evaluated.
     *
     * @param evaluated tokens until now, of those that were not cached
     * @param total all of them
     */
    record Progress(int evaluated, int total) implements ChatEvent {}

    /**
     * More of the answer.
     *
     * @param text not empty
     */
    record Text(String text) implements ChatEvent {}

    /**
     * More of the model's thoughts.
     *
     * @param text not empty
     */
    record Reasoning(String text) implements ChatEvent {}

    /**
     * More of a call of a tool.
     *
     * @param index of the call in this message, from 0
     * @param name of the tool, whole, in the first of these events; then empty
     * @param arguments what was added to its JSON
     */
    record ToolCallDelta(int index, String name, String arguments) implements ChatEvent {}

    /**
     * A call of a tool is complete.
     *
     * @param index of the call in this message, from 0
     * @param call its arguments are valid JSON
     */
    record ToolCalled(int index, ToolCall call) implements ChatEvent {}

    /**
     * What the answer took: after its last text, before {@link Finish}. Where tools were run, the sum of all rounds, without the time of
     * the tools.
     *
     * @param promptTokens of the rendered conversation
     * @param cachedTokens of these that were not evaluated again
     * @param answerTokens that were sampled, thoughts included
     * @param reasoningTokens of these that were thoughts
     * @param waiting until it had its turn
     * @param prompt from then until the first token
     * @param generation from then on
     */
    record Usage(
            int promptTokens,
            int cachedTokens,
            int answerTokens,
            int reasoningTokens,
            Duration waiting,
            Duration prompt,
            Duration generation)
            implements ChatEvent {

        /** Of both together. */
        Usage plus(Usage other) {
            return new Usage(promptTokens + other.promptTokens, cachedTokens + other.cachedTokens, answerTokens + other.answerTokens,
                    reasoningTokens + other.reasoningTokens, waiting.plus(other.waiting), prompt.plus(other.prompt),
                    generation.plus(other.generation));
        }
    }

    /**
     * The end.
     *
     * @param answer all of it
     */
    record Finish(Answer answer) implements ChatEvent {}
}
