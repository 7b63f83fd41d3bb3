package io.github.llamaffm;

import java.util.Optional;

/**
 * How a {@link Reranker} puts query and passage together. Made by {@link #builder()}.
 *
 * @param template text with <code>{query}</code> and <code>{document}</code>, in which names of control tokens are read as
 *     these tokens, those in the query and the passage too; empty: what the model says
 * @param truncation what becomes of a pair of more than {@link Reranker#maxTokens()}: only the passage is cut
 * @param context how big and how fast; empty: as an {@link Embedder}. It pools with {@link Pooling#RANK}, its cache is unified
 */
public record RerankerOptions(Optional<String> template, Truncation truncation, Optional<ContextOptions> context) {

    private static final RerankerOptions DEFAULTS = builder().build();

    /** Checks the values. */
    public RerankerOptions {
        template.ifPresent(PairTemplate::requirePlaces);
        context.ifPresent(options -> {
            if (options.maxOutputs().isPresent()) {
                throw new IllegalArgumentException("maxOutputs has no meaning here: every row is an output");
            }
        });
    }

    /** What the model says; a pair that is too long is refused. */
    public static RerankerOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link RerankerOptions}. */
    public static final class Builder {

        private Optional<String> template = Optional.empty();
        private Truncation truncation = Truncation.REFUSE;
        private Optional<ContextOptions> context = Optional.empty();

        private Builder() {}

        /** Text with <code>{query}</code> and <code>{document}</code>. Default: what the model says. */
        public Builder template(String text) {
            template = Optional.of(text);
            return this;
        }

        /** What becomes of a pair that is too long. Default: {@link Truncation#REFUSE}. */
        public Builder truncation(Truncation value) {
            truncation = value;
            return this;
        }

        /** How big and how fast. Default: see {@link Embedder}. */
        public Builder context(ContextOptions options) {
            context = Optional.of(options);
            return this;
        }

        /** The options. */
        public RerankerOptions build() {
            return new RerankerOptions(template, truncation, context);
        }
    }
}
