package io.github.llamaffm.chat;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The work of one call, on a thread of its own: asks the model, runs the tools that it asks for, and asks again. */
final class Answering {

    private final Rounds rounds;
    private final List<Message> messages;
    private final AskOptions.Values options;
    private final Handlers handlers;
    private final Deadline deadline;

    /**
     * Checks the call.
     *
     * @param key of the chat that asks; empty: nobody will ask for what is cached of it
     * @throws IllegalArgumentException if there is not the tool that must be called, or a grammar is beside tools
     * @throws TemplateException if the template has no tools, and the call has
     */
    Answering(PromptTemplate template, Decoding decoding, Model model, List<Message> messages, AskOptions.Values options,
            Cancellation cancellation, Optional<ConversationKey> key) {
        ToolChecks.check(options, template.info());
        this.deadline = Deadline.in(options.deadline());
        this.rounds = new Rounds(template, decoding, model, new AnswerOptions(model, options), cancellation, deadline, key);
        this.handlers = new Handlers(model, options.tools());
        this.messages = messages;
        this.options = options;
    }

    /** Makes all events, {@link ChatEvent.Finish} last. */
    void run(Consumer<ChatEvent> events) {
        List<Message> conversation = new ArrayList<>(messages);
        Round round = rounds.next(conversation, options, events);
        conversation.add(round.message());
        ChatEvent.Usage usage = round.usage();
        Optional<StopReason> end = endOf(round, 1, conversation);
        for (int count = 2; end.isEmpty(); count++) {
            round = rounds.next(conversation, afterTools(), events);
            conversation.add(round.message());
            usage = usage.plus(round.usage());
            end = endOf(round, count, conversation);
        }
        events.accept(usage);
        events.accept(new ChatEvent.Finish(new Answer(round.message(), conversation.subList(messages.size(), conversation.size()),
                end.get(), usage, round.probabilities())));
    }

    /**
     * Runs the tools that a round asks for, and adds what they answer.
     *
     * @param count of the rounds until now
     * @return why the call ends; empty: the model is asked again
     */
    private Optional<StopReason> endOf(Round round, int count, List<Message> conversation) {
        ToolLoop loop = options.toolLoop();
        if (round.reason() != StopReason.TOOL_CALLS || !loop.runsTools()) {
            return Optional.of(round.reason());
        }
        List<ToolCall> calls = round.message().toolCalls();
        ToolRuns runs = new ToolRuns(loop, deadline);
        calls.forEach(call -> handlers.of(call).ifPresent(handler -> runs.add(call, handler)));
        if (runs.size() > 0 && count > loop.maxRounds()) {
            throw new ToolException("the model asked for tools %d times, and maxRounds is %d: the last time for %s".formatted(
                    count, loop.maxRounds(), calls.stream().map(ToolCall::name).toList()), null);
        }
        Optional<StopReason> end = runs.run();
        conversation.addAll(runs.results());
        return end.isEmpty() && runs.size() < calls.size() ? Optional.of(StopReason.TOOL_CALLS) : end;
    }

    /** What had to be called has been. */
    private AskOptions.Values afterTools() {
        return switch (options.toolChoice()) {
            case ToolChoice.Required _, ToolChoice.Named _ -> options.toolChoice(ToolChoice.auto());
            case ToolChoice.Auto _, ToolChoice.None _ -> options;
        };
    }
}
