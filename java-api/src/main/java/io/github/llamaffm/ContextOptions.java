package io.github.llamaffm;

import java.util.Optional;
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
 * @param maxOutputs rows of one batch that may ask for logits; empty: one per sequence, and all rows in a context for
 *     embeddings, where it cannot be set
 * @param threads that compute, 1 to 512; empty: the least of physical cores, CPU affinity and container quota
 * @param threadPool threads that contexts share, in turn; then {@code threads} is empty; empty: threads of its own
 * @param flashAttention when attention is computed without its matrix of scores
 * @param keyType how keys are stored
 * @param valueType how values are stored; a quantised one needs flash attention, which a decoder behind an encoder (T5) does not use
 * @param unifiedCache whether all sequences share one cache; false: each has its own part of {@code contextSize}, rounded up to
 *     a multiple of 256 tokens; empty: true where {@code maxSequences} is more than 1
 * @param fullSlidingWindow whether a sliding window keeps every token, so that a sequence can go back
 * @param recurrentRollback states per sequence that a recurrent model keeps to go back to, 0 to 64, and at least 2 less than
 *     {@code ubatchSize}; not every such model can, and then none are kept
 * @param pooling makes a context for embeddings, which come out for every row; empty: one for text
 * @param attention which tokens a token can see; models that keep nothing between two batches, as BERT, see all of a text
 * @param ropeScaling how positions are stretched
 * @param offloadKvCache whether the cache of a layer lies on the layer's device
 * @param adapters what is computed with, where a request does not say otherwise
 * @param adapterMismatch what to do with cells that were computed with other adapters
 */
public record ContextOptions(
        OptionalInt contextSize,
        boolean trainedContextSize,
        int batchSize,
        int ubatchSize,
        int maxSequences,
        OptionalInt maxOutputs,
        OptionalInt threads,
        Optional<ThreadPool> threadPool,
        FlashAttention flashAttention,
        KvType keyType,
        KvType valueType,
        Optional<Boolean> unifiedCache,
        boolean fullSlidingWindow,
        int recurrentRollback,
        Optional<Pooling> pooling,
        Attention attention,
        RopeScaling ropeScaling,
        boolean offloadKvCache,
        Adapters adapters,
        AdapterMismatch adapterMismatch) {

    /** llama.cpp rounds up to the next multiple of 256, which must still be an {@code int}. */
    private static final int MAX_CONTEXT = Integer.MAX_VALUE - 255;

    /** {@code LLAMA_MAX_SEQ}. */
    private static final int MAX_SEQUENCES = 256;

    /** {@code GGML_MAX_N_THREADS}: more end the process with a signal. */
    private static final int MAX_THREADS = 512;

    private static final int MAX_BATCH = 1 << 20;

    private static final int MAX_ROLLBACK = 64;

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
        if (pooling.isPresent() && maxOutputs.isPresent()) {
            throw new IllegalArgumentException(
                    "pooling and maxOutputs exclude each other: every row of a context for embeddings is an output");
        }
        threads.ifPresent(count -> Check.range("threads", count, 1, MAX_THREADS));
        if (threadPool.isPresent() && threads.isPresent()) {
            throw new IllegalArgumentException("threads and threadPool exclude each other: a pool has its own number of threads");
        }
        Check.range("recurrentRollback", recurrentRollback, 0, MAX_ROLLBACK);
        if (recurrentRollback > 0 && Math.min(ubatchSize, batchSize) <= recurrentRollback + 1) {
            throw new IllegalArgumentException(
                    "recurrentRollback %d needs a ubatchSize and a batchSize of more than %d"
                            .formatted(recurrentRollback, recurrentRollback + 1));
        }
        if (KvTypes.isQuantised(valueType) && flashAttention == FlashAttention.OFF) {
            throw new IllegalArgumentException(
                    "valueType %s needs flash attention; leave flashAttention at AUTO or choose F16".formatted(valueType));
        }
    }

    /** One sequence with a context of at most 8,192 tokens. */
    public static ContextOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from these. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.contextSize = contextSize;
        builder.trainedContextSize = trainedContextSize;
        builder.batchSize = batchSize;
        builder.ubatchSize = ubatchSize;
        builder.maxSequences = maxSequences;
        builder.maxOutputs = maxOutputs;
        builder.threads = threads;
        builder.threadPool = threadPool;
        builder.flashAttention = flashAttention;
        builder.keyType = keyType;
        builder.valueType = valueType;
        builder.unifiedCache = unifiedCache;
        builder.fullSlidingWindow = fullSlidingWindow;
        builder.recurrentRollback = recurrentRollback;
        builder.pooling = pooling;
        builder.attention = attention;
        builder.ropeScaling = ropeScaling;
        builder.offloadKvCache = offloadKvCache;
        builder.adapters = adapters;
        builder.adapterMismatch = adapterMismatch;
        return builder;
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
        private Optional<ThreadPool> threadPool = Optional.empty();
        private FlashAttention flashAttention = FlashAttention.AUTO;
        private KvType keyType = KvType.F16;
        private KvType valueType = KvType.F16;
        private Optional<Boolean> unifiedCache = Optional.empty();
        private boolean fullSlidingWindow;
        private int recurrentRollback;
        private Optional<Pooling> pooling = Optional.empty();
        private Attention attention = Attention.MODEL;
        private RopeScaling ropeScaling = RopeScaling.model();
        private boolean offloadKvCache = true;
        private Adapters adapters = Adapters.none();
        private AdapterMismatch adapterMismatch = AdapterMismatch.ERROR;

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
            threadPool = Optional.empty();
            return this;
        }

        /** Threads that several contexts compute on in turn. Default: threads of the context's own. */
        public Builder threadPool(ThreadPool pool) {
            threadPool = Optional.of(pool);
            threads = OptionalInt.empty();
            return this;
        }

        /** When attention is computed without its matrix of scores. Default: {@link FlashAttention#AUTO}. */
        public Builder flashAttention(FlashAttention value) {
            flashAttention = value;
            return this;
        }

        /** How keys are stored. Default: {@link KvType#F16}. */
        public Builder keyType(KvType type) {
            keyType = type;
            return this;
        }

        /** How values are stored; a quantised one needs flash attention. Default: {@link KvType#F16}. */
        public Builder valueType(KvType type) {
            valueType = type;
            return this;
        }

        /** Whether all sequences share one cache. Default: true where {@code maxSequences} is more than 1. */
        public Builder unifiedCache(boolean value) {
            unifiedCache = Optional.of(value);
            return this;
        }

        /** Whether a sliding window keeps every token, so that a sequence can go back. Default: false. */
        public Builder fullSlidingWindow(boolean value) {
            fullSlidingWindow = value;
            return this;
        }

        /** States per sequence that a recurrent model keeps to go back to, 0 to 64. Default: 0. */
        public Builder recurrentRollback(int states) {
            recurrentRollback = states;
            return this;
        }

        /** Makes a context for embeddings; {@link Pooling#MODEL}: pooled as the model says. Default: one for text. */
        public Builder pooling(Pooling value) {
            pooling = Optional.of(value);
            return this;
        }

        /** Which tokens a token can see. Default: {@link Attention#MODEL}. */
        public Builder attention(Attention value) {
            attention = value;
            return this;
        }

        /** How positions are stretched. Default: {@link RopeScaling#model()}. */
        public Builder ropeScaling(RopeScaling value) {
            ropeScaling = value;
            return this;
        }

        /** Whether the cache of a layer lies on the layer's device. Default: true. */
        public Builder offloadKvCache(boolean value) {
            offloadKvCache = value;
            return this;
        }

        /** What is computed with, where a request does not say otherwise. Default: {@link Adapters#none()}. */
        public Builder adapters(Adapters value) {
            adapters = value;
            return this;
        }

        /** What to do with cells that were computed with other adapters. Default: {@link AdapterMismatch#ERROR}. */
        public Builder adapterMismatch(AdapterMismatch value) {
            adapterMismatch = value;
            return this;
        }

        /** The options. */
        public ContextOptions build() {
            return new ContextOptions(contextSize, trainedContextSize, batchSize, ubatchSize, maxSequences, maxOutputs,
                    threads, threadPool, flashAttention, keyType, valueType, unifiedCache, fullSlidingWindow, recurrentRollback,
                    pooling, attention, ropeScaling, offloadKvCache, adapters, adapterMismatch);
        }
    }
}
