package io.github.llamaffm.cli;

import io.github.llamaffm.chat.Answer;
import io.github.llamaffm.chat.ChatEvent;
import io.github.llamaffm.chat.Reply;
import java.io.PrintWriter;

/** Prints answers while they are made: their text to stdout, ended by a line break, and the rest aside. */
final class AnswerPrinter {

    private final PrintWriter out;
    private final Aside aside;

    AnswerPrinter(PrintWriter out, Aside aside) {
        this.out = out;
        this.aside = aside;
    }

    /** @throws CommandException if nobody reads it */
    Answer print(Reply reply) {
        boolean begun = false;
        try {
            for (ChatEvent event : reply) {
                switch (event) {
                    case ChatEvent.Progress(int evaluated, int total) -> {
                        if (evaluated < total) {
                            aside.progress("reading the prompt:", (double) evaluated / total);
                        }
                    }
                    case ChatEvent.Reasoning(String text) -> aside.thoughts(text);
                    case ChatEvent.Text(String text) -> {
                        aside.end();
                        begun = true;
                        Output.print(out, text);
                    }
                    default -> { }
                }
            }
            begun = true;
            return reply.answer();
        } finally {
            aside.end();
            if (begun) {
                out.println();
                out.flush();
            }
        }
    }
}
