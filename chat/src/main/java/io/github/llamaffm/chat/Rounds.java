package io.github.llamaffm.chat;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Model;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks the model, once or several times in one call. The context is held no longer than one answer takes. */
final class Rounds {

    private final PromptTemplate template;
    private final FittingPrompt prompts;
    private final Decoding decoding;
    private final Model model;
    private final AnswerOptions generation;
    private final Cancellation cancellation;
    private final Deadline deadline;
    private final Optional<ConversationKey> key;

    Rounds(PromptTemplate template, Decoding decoding, Model model, AnswerOptions generation, Cancellation cancellation,
            Deadline deadline, Optional<ConversationKey> key) {
        this.template = template;
        this.prompts = new FittingPrompt(template, decoding.capacity());
        this.decoding = decoding;
        this.model = model;
        this.generation = generation;
        this.cancellation = cancellation;
        this.deadline = deadline;
        this.key = key;
    }

    /** Renders a conversation, waits for a turn, decodes, and reads what comes. */
    Round next(List<Message> conversation, AskOptions.Values options, Consumer<ChatEvent> events) {
        RenderedPrompt prompt = prompts.render(conversation, options);
        Optional<LogProbabilities> probabilities = generation.probabilities();
        ReasoningCount thoughts = new ReasoningCount();
        CallLimit calls = CallLimit.of(options, template.info());
        try (AnswerReader reader = AnswerReader.of(template, prompt)) {
            DecodeOutcome outcome = decoding.run(
                    new DecodeRequest(prompt, generation.of(prompt, probabilities, cancellation), deadline, key),
                    new DecodeListener() {
                        @Override
                        public void evaluated(int tokens, int total) {
                            events.accept(new ChatEvent.Progress(tokens, total));
                        }

                        @Override
                        public void text(String piece, int tokens) {
                            tell(calls.of(reader.accept(piece)), tokens, thoughts, events);
                        }
                    });
            Optional<StopReason> cut = cut(outcome, prompt, options);
            AnswerReader.End end = reader.finish(cut.isPresent());
            tell(calls.of(end.events()), outcome.tokens().length, thoughts, events);
            AssistantMessage message = calls.of(end.message());
            StopReason reason = cut.orElse(message.toolCalls().isEmpty() ? StopReason.END : StopReason.TOOL_CALLS);
            return new Round(message, reason, usage(outcome, thoughts.tokens()),
                    probabilities.map(LogProbabilities::tokens).orElse(List.of()));
        }
    }

    private static void tell(List<ChatEvent> made, int tokens, ReasoningCount thoughts, Consumer<ChatEvent> events) {
        thoughts.read(made, tokens);
        made.forEach(events);
    }

    /** What ended the answer, where that was not the model. */
    private Optional<StopReason> cut(DecodeOutcome outcome, RenderedPrompt prompt, AskOptions.Values options) {
        return switch (outcome.reason()) {
            case END -> Optional.empty();
            case STOP -> isOwnStop(outcome, prompt, options) ? Optional.of(StopReason.STOP) : Optional.empty();
            case LENGTH -> Optional.of(StopReason.LENGTH);
            case DEADLINE -> Optional.of(StopReason.DEADLINE);
            case CANCELLED -> Optional.of(StopReason.CANCELLED);
        };
    }

    /** A text of the template's that ends answers is no more than their usual end. */
    private boolean isOwnStop(DecodeOutcome outcome, RenderedPrompt prompt, AskOptions.Values options) {
        if (prompt.stops().isEmpty() || options.stop().isEmpty()) {
            return prompt.stops().isEmpty();
        }
        String text = model.tokenizer().decode(outcome.tokens());
        return options.stop().stream().anyMatch(text::contains);
    }

    private static ChatEvent.Usage usage(DecodeOutcome outcome, int reasoningTokens) {
        return new ChatEvent.Usage(outcome.promptTokens(), outcome.cachedTokens(), outcome.tokens().length, reasoningTokens,
                outcome.waiting(), outcome.prompt(), outcome.generation());
    }
}
