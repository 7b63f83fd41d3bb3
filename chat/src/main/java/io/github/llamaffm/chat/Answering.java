package io.github.llamaffm.chat;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Model;
import java.util.List;
import java.util.function.Consumer;

/** The work of one call, on a thread of its own. */
final class Answering {

    private final Rounds rounds;
    private final List<Message> messages;
    private final AskOptions.Values options;

    /** @throws IllegalArgumentException if the seed is none */
    Answering(PromptTemplate template, Decoding decoding, Model model, List<Message> messages, AskOptions.Values options,
            Cancellation cancellation) {
        Deadline deadline = Deadline.in(options.deadline());
        this.rounds = new Rounds(template, decoding, model, new AnswerOptions(model, options), cancellation, deadline);
        this.messages = messages;
        this.options = options;
    }

    /** Makes all events, {@link ChatEvent.Finish} last. */
    void run(Consumer<ChatEvent> events) {
        Round round = rounds.next(messages, options, events);
        events.accept(round.usage());
        events.accept(new ChatEvent.Finish(
                new Answer(round.message(), List.of(round.message()), round.reason(), round.usage(), round.probabilities())));
    }
}
