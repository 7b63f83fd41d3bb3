package io.github.llamaffm.chat;

import io.github.llamaffm.ContextOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How a {@link ChatModel} answers. Made by {@link #builder()}.
 *
 * @param template Jinja; empty: the model's own, or a fixed built-in one where it has none
 * @param templateArguments variables of the template, for every request: text, number, boolean, list or map
 * @param context of what computes; its sequences are raised to what the cached conversations need. Empty: a context's defaults
 * @param cachedConversations whose tokens are kept, 1 to 64; the least recently used ones make room for others
 * @param queueTimeout the most time that a call waits for its turn; then {@link BusyException}
 * @param ask for calls without {@link AskOptions}; nothing is merged
 */
public record ChatModelOptions(
        Optional<String> template,
        Map<String, Object> templateArguments,
        Optional<ContextOptions> context,
        int cachedConversations,
        Duration queueTimeout,
        AskOptions ask) {

    private static final int MAX_CONVERSATIONS = 64;

    private static final ChatModelOptions DEFAULTS = builder().build();

    /** Checks the values. */
    public ChatModelOptions {
        templateArguments = TemplateArguments.copyOf(templateArguments);
        if (cachedConversations < 1 || cachedConversations > MAX_CONVERSATIONS) {
            throw new IllegalArgumentException(
                    "cachedConversations %d is not in 1..%d".formatted(cachedConversations, MAX_CONVERSATIONS));
        }
        if (queueTimeout.isNegative()) {
            throw new IllegalArgumentException("queueTimeout " + queueTimeout + " is negative");
        }
        if (context.flatMap(ContextOptions::unifiedCache).filter(unified -> !unified).isPresent()) {
            throw new IllegalArgumentException("conversations share one cache: leave unifiedCache at its default");
        }
        if (context.flatMap(ContextOptions::pooling).isPresent()) {
            throw new IllegalArgumentException("a context with pooling is for embeddings: leave pooling empty");
        }
    }

    /** The model's template, 4 cached conversations, a minute in the queue. */
    public static ChatModelOptions defaults() {
        return DEFAULTS;
    }

    /** Starts from {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes {@link ChatModelOptions}. */
    public static final class Builder {

        private Optional<String> template = Optional.empty();
        private Map<String, Object> templateArguments = Map.of();
        private Optional<ContextOptions> context = Optional.empty();
        private int cachedConversations = 4;
        private Duration queueTimeout = Duration.ofMinutes(1);
        private AskOptions ask = AskOptions.defaults();

        private Builder() {}

        /** A Jinja template instead of the model's. Default: the model's own, or a fixed built-in one where it has none. */
        public Builder template(String jinja) {
            template = Optional.of(jinja);
            return this;
        }

        /** Variables of the template, for every request. Those of a request come before them. Default: none. */
        public Builder templateArguments(Map<String, Object> arguments) {
            templateArguments = arguments;
            return this;
        }

        /** Of what computes. Default: {@link ContextOptions#defaults()}. */
        public Builder context(ContextOptions options) {
            context = Optional.of(options);
            return this;
        }

        /** How many conversations are kept. Default: 4. */
        public Builder cachedConversations(int conversations) {
            cachedConversations = conversations;
            return this;
        }

        /** The most time that a call waits for its turn. Default: 1 minute. */
        public Builder queueTimeout(Duration limit) {
            queueTimeout = limit;
            return this;
        }

        /** For calls without {@link AskOptions}. Default: {@link AskOptions#defaults()}. */
        public Builder ask(AskOptions options) {
            ask = options;
            return this;
        }

        /** The options. */
        public ChatModelOptions build() {
            return new ChatModelOptions(template, templateArguments, context, cachedConversations, queueTimeout, ask);
        }
    }
}
