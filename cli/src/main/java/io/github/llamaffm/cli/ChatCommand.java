package io.github.llamaffm.cli;

import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Model;
import io.github.llamaffm.ShutdownException;
import io.github.llamaffm.chat.ChatModel;
import io.github.llamaffm.chat.ChatModelOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jline.terminal.spi.SystemStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A conversation: at a terminal with a line editor, else line by line. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "A conversation with a model. Ctrl-C stops an answer, Ctrl-D ends the chat, /help lists its commands.")
final class ChatCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @Mixin
    private AnswerArguments answers;

    @Option(names = "--verbose", description = "After each answer, what it took, on stderr.")
    private boolean verbose;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Aside aside = Aside.of(err);
        try (Model loaded = load(aside);
                ChatModel chatModel = ChatModel.of(loaded, ChatModelOptions.builder().context(model.contextOptions()).build());
                Entries entries = entries(out)) {
            if (entries.isInteractive()) {
                out.println(loaded.info().metadata("general.name").orElse("A model") + ". /help lists the commands, Ctrl-D ends the chat.");
                out.flush();
            }
            Conversation conversation = new Conversation(
                    chatModel.newChat(), answers.options(loaded.info()), entries, new AnswerPrinter(out, aside), err);
            return new ChatSession(conversation, entries, answers.system(), out, err, verbose).run();
        } catch (CancelledException | ShutdownException e) {
            return Interrupt.report(err);
        }
    }

    private Model load(Aside aside) {
        try (Interrupt interrupt = Interrupt.install()) {
            return model.load(interrupt, aside);
        }
    }

    private static Entries entries(PrintWriter out) {
        boolean interactive = Terminals.are(SystemStream.Input, SystemStream.Output);
        return interactive && Terminals.obeyEscapes() ? new TerminalEntries() : new PlainEntries(out, interactive);
    }
}
