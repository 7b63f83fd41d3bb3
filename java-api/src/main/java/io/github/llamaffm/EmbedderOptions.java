package io.github.llamaffm;

import java.util.Optional;

/**
 * How an {@link Embedder} turns a text into a vector. Made by {@link #builder()}.
 *
 * <p>No prefixes are read from the model, because GGUF files have no field for them: its model card names them.
 *
 * @param pooling {@link Pooling#MODEL}: what the model declares, and {@link Pooling#MEAN} where it declares nothing, as most
 *     generative models; not {@link Pooling#NONE} or {@link Pooling#RANK}
 * @param normalization what is done to each vector
 * @param attention which tokens a token can see
 * @param truncation what becomes of a text of more than {@link Embedder#maxTokens()}
 * @param queryPrefix put before a {@link TextKind#QUERY}; may be empty
 * @param passagePrefix put before a {@link TextKind#PASSAGE}; may be empty
 * @param parseSpecial whether names of control tokens in a text are read as these tokens, as llama.cpp's tools do
 * @param context how big and how fast; empty: {@link Embedder} says. Its pooling and attention are those above, its cache is
 *     unified
 */
public record EmbedderOptions(
        Pooling pooling,
        Normalization normalization,
        Attention attention,
        Truncation truncation,
        String queryPrefix,
        String passagePrefix,
        boolean parseSpecial,
        Optional<ContextOptions> context) {

    private static final EmbedderOptions DEFAULTS = builder().build();

    /** Checks the values. */
    public EmbedderOptions {
        if (pooling == Pooling.NONE || pooling == Pooling.RANK) {
            throw new IllegalArgumentException("pooling " + pooling + " makes no vector of a text: "
                    + (pooling == Pooling.NONE ? "use Context.embedding(int)" : "use a Reranker"));
        }
        context.ifPresent(options -> {
            if (options.maxOutputs().isPresent()) {
                throw new IllegalArgumentException("maxOutputs has no meaning here: every row is an output");
            }
        });
    }

    /** What the model says; vectors of length 1. */
    public static EmbedderOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link EmbedderOptions}. */
    public static final class Builder {

        private Pooling pooling = Pooling.MODEL;
        private Normalization normalization = Normalization.L2;
        private Attention attention = Attention.MODEL;
        private Truncation truncation = Truncation.REFUSE;
        private String queryPrefix = "";
        private String passagePrefix = "";
        private boolean parseSpecial = true;
        private Optional<ContextOptions> context = Optional.empty();

        private Builder() {}

        /** How the embeddings of a text's tokens become one. Default: {@link Pooling#MODEL}. */
        public Builder pooling(Pooling value) {
            pooling = value;
            return this;
        }

        /** What is done to each vector. Default: {@link Normalization#L2}. */
        public Builder normalization(Normalization value) {
            normalization = value;
            return this;
        }

        /** Which tokens a token can see. Default: {@link Attention#MODEL}. */
        public Builder attention(Attention value) {
            attention = value;
            return this;
        }

        /** What becomes of a text that is too long. Default: {@link Truncation#REFUSE}. */
        public Builder truncation(Truncation value) {
            truncation = value;
            return this;
        }

        /** Put before what is searched for, such as {@code "query: "}. Default: nothing. */
        public Builder queryPrefix(String prefix) {
            queryPrefix = prefix;
            return this;
        }

        /** Put before what is searched in, such as {@code "passage: "}. Default: nothing. */
        public Builder passagePrefix(String prefix) {
            passagePrefix = prefix;
            return this;
        }

        /** Whether names of control tokens in a text are read as these tokens. Default: true, as in llama.cpp's tools. */
        public Builder parseSpecial(boolean value) {
            parseSpecial = value;
            return this;
        }

        /** How big and how fast. Default: see {@link Embedder}. */
        public Builder context(ContextOptions options) {
            context = Optional.of(options);
            return this;
        }

        /** The options. */
        public EmbedderOptions build() {
            return new EmbedderOptions(pooling, normalization, attention, truncation, queryPrefix, passagePrefix, parseSpecial,
                    context);
        }
    }
}
