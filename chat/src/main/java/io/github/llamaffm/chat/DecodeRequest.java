package io.github.llamaffm.chat;

import io.github.llamaffm.GenerateOptions;

/**
 * A prompt to be answered.
 *
 * @param prompt what to evaluate
 * @param generate how to go on; its cancellation ends the evaluation too
 * @param deadline of all of it, waiting included
 */
record DecodeRequest(RenderedPrompt prompt, GenerateOptions generate, Deadline deadline) {}
