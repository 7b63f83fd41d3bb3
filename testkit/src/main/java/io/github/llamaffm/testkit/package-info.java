/**
 * Tiny models for tests: {@link io.github.llamaffm.testkit.TinyModel} makes GGUF files of some hundred kilobytes with random
 * weights and a real tokenizer ({@link io.github.llamaffm.testkit.Vocabulary}), and
 * {@link io.github.llamaffm.testkit.TinyLora} and {@link io.github.llamaffm.testkit.TinyControlVector} adapters for them.
 *
 * <p>What these models say is noise, but the same noise every time; {@link
 * io.github.llamaffm.testkit.TinyModel#answering(String)} makes one that says a given text, and {@link
 * io.github.llamaffm.testkit.TestModels#scripted()} one that follows the script of a conversation. Equal settings give equal bytes.
 * Pure Java, no native code, nothing of llama-ffm.
 */
package io.github.llamaffm.testkit;
