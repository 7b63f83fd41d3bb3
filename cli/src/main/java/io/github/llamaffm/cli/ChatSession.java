package io.github.llamaffm.cli;

import io.github.llamaffm.chat.Answer;
import io.github.llamaffm.chat.ChatHistory;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.StopReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/** Takes what is entered, until there is no more: texts for the model, and commands. */
final class ChatSession {

    private static final String HELP = """
            /new           begins another conversation
            /system TEXT   says what the model is to be; without TEXT: nothing
            /regenerate    makes another answer in place of the last one
            /save FILE     writes the conversation, as JSON
            /load FILE     goes on with one that was saved
            /quit          ends the chat, as Ctrl-D does
            Ctrl-C stops an answer. Alt-Enter, or \\ at the end of a line, begins another line of a text; \"""
            begins a text of any lines, which \""" ends. A text that begins with / has a space before it.
            """;

    private final Conversation conversation;
    private final Entries entries;
    private final Optional<Message> system;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean verbose;
    private boolean ended;

    ChatSession(
            Conversation conversation, Entries entries, Optional<Message> system, PrintWriter out, PrintWriter err, boolean verbose) {
        this.conversation = conversation;
        this.entries = entries;
        this.system = system;
        this.out = out;
        this.err = err;
        this.verbose = verbose;
    }

    /** @return the exit code */
    int run() throws IOException {
        conversation.system(system);
        Optional<String> entry = entries.next();
        while (entry.isPresent()) {
            take(entry.get());
            out.flush();
            err.flush();
            if (ended || conversation.isStopped()) {
                break;
            }
            entry = entries.next();
        }
        return conversation.isStopped() ? Interrupt.EXIT_CODE : 0;
    }

    /** What fails ends a script; somebody at a terminal reads it and goes on. */
    private void take(String entry) throws IOException {
        try {
            if (entry.startsWith("/")) {
                command(entry);
            } else if (!entry.isBlank()) {
                conversation.say(entry).ifPresent(this::tell);
            }
        } catch (IOException | RuntimeException e) {
            if (!entries.isInteractive() || out.checkError()) {
                throw e;
            }
            err.println("llama-ffm: " + Failure.oneLine(e));
        }
    }

    private void command(String entry) throws IOException {
        String[] words = entry.strip().split("\\s+", 2);
        String argument = words.length < 2 ? "" : words[1];
        switch (words[0]) {
            case "/help" -> out.print(HELP);
            case "/new" -> begin();
            case "/system" -> conversation.system(argument.isEmpty() ? Optional.empty() : Optional.of(Message.system(argument)));
            case "/regenerate" -> conversation.sayAgain().ifPresent(this::tell);
            case "/save" -> HistoryFile.write(file(words[0], argument), conversation.history());
            case "/load" -> conversation.history(HistoryFile.read(file(words[0], argument)));
            case "/quit" -> ended = true;
            default -> throw new CommandException(words[0] + " is no command; /help lists them");
        }
    }

    private void begin() {
        conversation.history(ChatHistory.empty());
        conversation.system(system);
    }

    private static Path file(String command, String argument) {
        if (argument.isEmpty()) {
            throw new CommandException(command + " needs the name of a file");
        }
        // No shell does it here.
        return Path.of(argument.startsWith("~/") ? System.getProperty("user.home") + argument.substring(1) : argument);
    }

    private void tell(Answer answer) {
        if (verbose) {
            err.println(Summary.ofTurn(answer));
        } else if (answer.reason() == StopReason.LENGTH) {
            err.println("llama-ffm: the answer is cut off: --max-tokens is reached, or the context is full");
        }
    }
}
