package io.github.llamaffm.cli;

import io.github.llamaffm.CancelledException;
import io.github.llamaffm.ShutdownException;
import io.github.llamaffm.chat.Answer;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.AssistantMessage;
import io.github.llamaffm.chat.Chat;
import io.github.llamaffm.chat.ChatHistory;
import io.github.llamaffm.chat.ContextFullException;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.Reply;
import io.github.llamaffm.chat.SystemMessage;
import io.github.llamaffm.chat.UserMessage;
import io.github.llamaffm.chat.WhenContextFull;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A chat whose answers are printed, stop at Ctrl-C, and go on where the context is full. */
final class Conversation {

    private final Chat chat;
    private final AskOptions.Values options;
    private final Entries entries;
    private final AnswerPrinter printer;
    private final PrintWriter err;
    private WhenContextFull whenFull = WhenContextFull.FAIL;
    private boolean stopped;

    Conversation(Chat chat, AskOptions.Values options, Entries entries, AnswerPrinter printer, PrintWriter err) {
        this.chat = chat;
        this.options = options;
        this.entries = entries;
        this.printer = printer;
        this.err = err;
    }

    ChatHistory history() {
        return chat.history();
    }

    /** Goes on from another one. */
    void history(ChatHistory other) {
        chat.history(other);
        whenFull = WhenContextFull.FAIL;
    }

    /** Keeps what was said, and says otherwise what the model is to be. */
    void system(Optional<Message> message) {
        Stream<Message> said = history().messages().stream().filter(other -> !(other instanceof SystemMessage));
        chat.history(new ChatHistory(Stream.concat(message.stream(), said).toList()));
    }

    /** Whether a signal ends the process. */
    boolean isStopped() {
        return stopped;
    }

    /** Prints the answer to a text. Empty: a signal ends the process, as it is said. */
    Optional<Answer> say(String text) {
        return answer(asking -> chat.stream(text, asking));
    }

    /** Prints another answer in place of the last one, or the one that is missing. Empty as in {@link #say}. */
    Optional<Answer> sayAgain() {
        List<Message> messages = history().messages();
        if (messages.stream().noneMatch(UserMessage.class::isInstance)) {
            throw new CommandException("nothing was asked yet");
        }
        boolean isAnswered = messages.getLast() instanceof AssistantMessage;
        return answer(asking -> isAnswered ? chat.regenerate(asking) : chat.resume(asking));
    }

    private Optional<Answer> answer(Function<AskOptions, Reply> ask) {
        try {
            return print(ask, whenFull);
        } catch (ContextFullException e) {
            boolean isFirst = history().messages().stream().noneMatch(UserMessage.class::isInstance);
            if (whenFull == WhenContextFull.DROP_OLDEST || isFirst) {
                throw tooLong(e);
            }
            err.println("llama-ffm: the conversation no longer fits the model's context of " + e.available()
                    + " tokens: from now on the model sees only its newest turns; /new begins another");
            err.flush();
            whenFull = WhenContextFull.DROP_OLDEST;
            return answer(ask);
        }
    }

    private static CommandException tooLong(ContextFullException failure) {
        return new CommandException("%d tokens do not fit the model's context of %d; say less at once, or take a model with a larger one"
                .formatted(failure.tokens(), failure.available()));
    }

    private Optional<Answer> print(Function<AskOptions, Reply> ask, WhenContextFull policy) {
        try (Interrupt interrupt = Interrupt.install()) {
            try (Reply reply = ask.apply(options.whenFull(policy).cancellation(interrupt.cancellation()))) {
                entries.onInterrupt(reply::cancel);
                Answer answer = printer.print(reply);
                if (!interrupt.cancellation().isCancelled()) {
                    return Optional.of(answer);
                }
            } catch (CancelledException | ShutdownException _) {
                // By the signal: the last words follow.
            } finally {
                entries.onInterrupt(() -> {});
            }
            stopped = true;
            Interrupt.report(err);
            err.flush();
            return Optional.empty();
        }
    }
}
