package io.github.llamaffm.chat;

import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import java.util.Optional;

/**
 * A prompt to be answered.
 *
 * @param prompt what to evaluate
 * @param generate how to go on; its cancellation ends the evaluation too
 * @param deadline of all of it, waiting included
 * @param key of the chat that asks; empty: nobody will ask for what is cached of it
 */
record DecodeRequest(RenderedPrompt prompt, GenerateOptions generate, Deadline deadline, Optional<ConversationKey> key) {

    /** Why it ends, where something stopped it. */
    FinishReason stopped() {
        return deadline.isOver() ? FinishReason.DEADLINE : FinishReason.CANCELLED;
    }
}
