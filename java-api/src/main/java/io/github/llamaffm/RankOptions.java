package io.github.llamaffm;

import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * One use of a {@link Reranker}. Made by {@link #builder()}.
 *
 * @param progress told how many passages are done, after each pack, on the calling thread
 * @param cancellation ends it with {@link CancelledException}
 */
public record RankOptions(Optional<IntConsumer> progress, Optional<Cancellation> cancellation) {

    private static final RankOptions DEFAULTS = builder().build();

    /** Nobody listens, nothing but an interrupt cancels. */
    public static RankOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link RankOptions}. */
    public static final class Builder {

        private Optional<IntConsumer> progress = Optional.empty();
        private Optional<Cancellation> cancellation = Optional.empty();

        private Builder() {}

        /** Told how many passages are done, after each pack, on the calling thread. Default: nobody. */
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
        public RankOptions build() {
            return new RankOptions(progress, cancellation);
        }
    }
}
