package io.github.llamaffm;

import java.util.OptionalInt;

/**
 * How big a context is and how it computes. Made by {@link #builder()}. The defaults are those of llama.cpp's tools.
 *
 * @param contextSize tokens of the KV cache, 1 to 2,147,483,392, rounded up by llama.cpp; empty: the trained length, but at
 *     most 8,192 and what fits the memory
 * @param trainedContextSize the trained length, however long; then {@code contextSize} is empty
 * @param batchSize the most tokens of one {@link Context#decode(Batch)}
 * @param ubatchSize tokens that are computed at once; a cancellation waits at most so long where a device does not poll
 * @param maxSequences how many sequences can be leased, 1 to 256; several share one unified cache
 * @param maxOutputs rows of one batch that may ask for logits; empty: one per sequence
 * @param threads that compute, 1 to 512; empty: the least of physical cores, CPU affinity and container quota
 * @param flashAttention when attention is computed without its matrix of scores
 */
public record ContextOptions(
        OptionalInt contextSize,
        boolean trainedContextSize,
        int batchSize,
        int ubatchSize,
        int maxSequences,
        OptionalInt maxOutputs,
        OptionalInt threads,
        FlashAttention flashAttention) {

    /** llama.cpp rounds up to the next multiple of 256, which must still be an {@code int}. */
    private static final int MAX_CONTEXT = Integer.MAX_VALUE - 255;

    /** {@code LLAMA_MAX_SEQ}. */
    private static final int MAX_SEQUENCES = 256;

    /** {@code GGML_MAX_N_THREADS}: more end the process with a signal. */
    private static final int MAX_THREADS = 512;

    private static final int MAX_BATCH = 1 << 20;

    private static final ContextOptions DEFAULTS = builder().build();

    /** Checks the values. */
    public ContextOptions {
        contextSize.ifPresent(size -> Check.range("contextSize", size, 1, MAX_CONTEXT));
        if (trainedContextSize && contextSize.isPresent()) {
            throw new IllegalArgumentException("trainedContextSize and contextSize exclude each other");
        }
        Check.range("batchSize", batchSize, 1, MAX_BATCH);
        Check.range("ubatchSize", ubatchSize, 1, MAX_BATCH);
        Check.range("maxSequences", maxSequences, 1, MAX_SEQUENCES);
        maxOutputs.ifPresent(outputs -> Check.range("maxOutputs", outputs, maxSequences, MAX_BATCH));
        threads.ifPresent(count -> Check.range("threads", count, 1, MAX_THREADS));
    }

    /** One sequence with a context of at most 8,192 tokens. */
    public static ContextOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link ContextOptions}. */
    public static final class Builder {

        private OptionalInt contextSize = OptionalInt.empty();
        private boolean trainedContextSize;
        private int batchSize = 2048;
        private int ubatchSize = 512;
        private int maxSequences = 1;
        private OptionalInt maxOutputs = OptionalInt.empty();
        private OptionalInt threads = OptionalInt.empty();
        private FlashAttention flashAttention = FlashAttention.AUTO;

        private Builder() {}

        /** Tokens of the KV cache. Default: the trained length, but at most 8,192 and what fits the memory. */
        public Builder contextSize(int tokens) {
            contextSize = OptionalInt.of(tokens);
            trainedContextSize = false;
            return this;
        }

        /** As many tokens as the model was trained with. */
        public Builder trainedContextSize() {
            contextSize = OptionalInt.empty();
            trainedContextSize = true;
            return this;
        }

        /** The most tokens of one decode. Default: 2048. */
        public Builder batchSize(int tokens) {
            batchSize = tokens;
            return this;
        }

        /** Tokens that are computed at once. Default: 512. */
        public Builder ubatchSize(int tokens) {
            ubatchSize = tokens;
            return this;
        }

        /** How many sequences can be leased. Default: 1. */
        public Builder maxSequences(int sequences) {
            maxSequences = sequences;
            return this;
        }

        /** Rows of one batch that may ask for logits. Default: one per sequence. */
        public Builder maxOutputs(int rows) {
            maxOutputs = OptionalInt.of(rows);
            return this;
        }

        /** Threads that compute. Default: the least of physical cores, CPU affinity and container quota. */
        public Builder threads(int count) {
            threads = OptionalInt.of(count);
            return this;
        }

        /** When attention is computed without its matrix of scores. Default: {@link FlashAttention#AUTO}. */
        public Builder flashAttention(FlashAttention value) {
            flashAttention = value;
            return this;
        }

        /** The options. */
        public ContextOptions build() {
            return new ContextOptions(contextSize, trainedContextSize, batchSize, ubatchSize, maxSequences, maxOutputs,
                    threads, flashAttention);
        }
    }
}
