package io.github.llamaffm;

import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * One use of an {@link Embedder}. Made by {@link #builder()}.
 *
 * @param kind which prefix the texts get
 * @param progress told how many texts are done, after each pack, on the calling thread
 * @param cancellation ends it with {@link CancelledException}
 */
public record EmbedOptions(TextKind kind, Optional<IntConsumer> progress, Optional<Cancellation> cancellation) {

    private static final EmbedOptions DEFAULTS = builder().build();
    private static final EmbedOptions QUERY = builder().kind(TextKind.QUERY).build();
    private static final EmbedOptions PASSAGE = builder().kind(TextKind.PASSAGE).build();

    /** Plain texts. */
    public static EmbedOptions defaults() {
        return DEFAULTS;
    }

    /** What is searched for: {@link TextKind#QUERY}. */
    public static EmbedOptions query() {
        return QUERY;
    }

    /** What is searched in: {@link TextKind#PASSAGE}. */
    public static EmbedOptions passage() {
        return PASSAGE;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link EmbedOptions}. */
    public static final class Builder {

        private TextKind kind = TextKind.PLAIN;
        private Optional<IntConsumer> progress = Optional.empty();
        private Optional<Cancellation> cancellation = Optional.empty();

        private Builder() {}

        /** Which prefix the texts get. Default: {@link TextKind#PLAIN}, none. */
        public Builder kind(TextKind value) {
            kind = value;
            return this;
        }

        /** Told how many texts are done, after each pack, on the calling thread. Default: nobody. */
        public Builder progress(IntConsumer listener) {
            progress = Optional.of(listener);
            return this;
        }

        /** Ends it early. Default: nothing but an interrupt does. */
        public Builder cancellation(Cancellation token) {
            cancellation = Optional.of(token);
            return this;
        }

        /** The options. */
        public EmbedOptions build() {
            return new EmbedOptions(kind, progress, cancellation);
        }
    }
}
