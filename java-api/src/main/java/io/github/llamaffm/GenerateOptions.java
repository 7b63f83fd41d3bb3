package io.github.llamaffm;

import io.github.llamaffm.internal.Utf8;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What one generation does. Made by {@link #builder()}.
 *
 * @param maxTokens the most tokens to generate, at least 0; empty: until the model ends or the context is full
 * @param stop texts that end the generation and are not part of its text; none of them empty
 * @param sampler how tokens are chosen
 * @param grammar what the answer has to follow; empty: nothing
 * @param timeLimit ends the generation with {@link FinishReason#DEADLINE}, counted from its first piece; inside a prompt too
 * @param whenFull what to do when the context has no room for the next token
 * @param cancellation ends the generation with {@link FinishReason#CANCELLED}
 * @param adapters what this request is computed with; empty: the context's
 * @param visibleTokens control tokens whose names are part of the text, as what reads tool calls needs them; usually none are
 */
public record GenerateOptions(
        OptionalInt maxTokens,
        List<String> stop,
        SamplerOptions sampler,
        Optional<GrammarUse> grammar,
        Optional<Duration> timeLimit,
        WhenFull whenFull,
        Optional<Cancellation> cancellation,
        Optional<Adapters> adapters,
        Set<Integer> visibleTokens) {

    private static final GenerateOptions DEFAULTS = builder().build();

    /** Checks the values. */
    public GenerateOptions {
        stop = List.copyOf(stop);
        visibleTokens = Set.copyOf(visibleTokens);
        maxTokens.ifPresent(tokens -> Check.range("maxTokens", tokens, 0, Integer.MAX_VALUE));
        if (stop.contains("")) {
            throw new IllegalArgumentException("an empty stop string would end every generation at once");
        }
        stop.forEach(Utf8::encode);
        if (timeLimit.isPresent() && timeLimit.get().isNegative()) {
            throw new IllegalArgumentException("timeLimit " + timeLimit.get() + " is negative");
        }
    }

    /** No limit but the context's, no stop strings, {@link SamplerOptions#defaults()}. */
    public static GenerateOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link GenerateOptions}. */
    public static final class Builder {

        private OptionalInt maxTokens = OptionalInt.empty();
        private List<String> stop = List.of();
        private SamplerOptions sampler = SamplerOptions.defaults();
        private Optional<GrammarUse> grammar = Optional.empty();
        private Optional<Duration> timeLimit = Optional.empty();
        private WhenFull whenFull = new WhenFull.Stop();
        private Optional<Cancellation> cancellation = Optional.empty();
        private Optional<Adapters> adapters = Optional.empty();
        private Set<Integer> visibleTokens = Set.of();

        private Builder() {}

        /** The most tokens to generate, at least 0. Default: until the model ends or the context is full. */
        public Builder maxTokens(int tokens) {
            maxTokens = OptionalInt.of(tokens);
            return this;
        }

        /** Texts that end the generation and are not part of its text. Default: none. */
        public Builder stop(String... texts) {
            return stop(List.of(texts));
        }

        /** Texts that end the generation and are not part of its text. Default: none. */
        public Builder stop(List<String> texts) {
            stop = texts;
            return this;
        }

        /** How tokens are chosen. Default: {@link SamplerOptions#defaults()}. */
        public Builder sampler(SamplerOptions options) {
            sampler = options;
            return this;
        }

        /**
         * What the answer has to follow. The token that the chain chooses is checked; only where it is not allowed, the whole
         * vocabulary is filtered and the chain chooses again, as llama.cpp's tools do. Default: nothing.
         */
        public Builder grammar(GrammarUse use) {
            grammar = Optional.of(use);
            return this;
        }

        /** What the answer has to follow from its first token on. Default: nothing. */
        public Builder grammar(Grammar value) {
            return grammar(GrammarUse.always(value));
        }

        /** The most time to take, counted from the first piece. Default: none. */
        public Builder timeLimit(Duration limit) {
            timeLimit = Optional.of(limit);
            return this;
        }

        /** A token that ends the generation. Default: none. */
        public Builder cancellation(Cancellation token) {
            cancellation = Optional.of(token);
            return this;
        }

        /** What to do when the context has no room for the next token. Default: {@link WhenFull.Stop}. */
        public Builder whenFull(WhenFull value) {
            whenFull = value;
            return this;
        }

        /**
         * What this request is computed with. Changing them between requests costs some milliseconds, reloads nothing, and meets
         * {@link ContextOptions#adapterMismatch()} where the sequence has cells already. Default: the context's.
         */
        public Builder adapters(Adapters value) {
            adapters = Optional.of(value);
            return this;
        }

        /**
         * Control tokens whose names are part of the text, for stop strings and for the reader. One that ends the generation too.
         * Default: none.
         */
        public Builder visibleTokens(Set<Integer> tokens) {
            visibleTokens = tokens;
            return this;
        }

        /** The options. */
        public GenerateOptions build() {
            return new GenerateOptions(
                    maxTokens, stop, sampler, grammar, timeLimit, whenFull, cancellation, adapters, visibleTokens);
        }
    }
}
