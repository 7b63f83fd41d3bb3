package io.github.llamaffm.cli;

import io.github.llamaffm.Model;
import io.github.llamaffm.chat.Answer;
import io.github.llamaffm.chat.AnswerFormat;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.ChatModel;
import io.github.llamaffm.chat.ChatModelOptions;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.Reply;
import io.github.llamaffm.chat.StopReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Answers one prompt: the answer to stdout as it is made, what it took to stderr. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Answers a prompt. The answer goes to stdout as it is made, a summary to stderr.",
        footer = {"", "After -- the prompt may begin with a dash."})
final class RunCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @Mixin
    private AnswerArguments answers;

    @Option(names = "--schema", paramLabel = "FILE", description = "A JSON schema that the answer has to follow.")
    private Path schema;

    @Parameters(paramLabel = "PROMPT", description = "What to answer, one argument; - reads it from stdin.")
    private String prompt;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        // Before the signal is caught: it ends what only waits for input.
        List<Message> messages = messages();
        Optional<AnswerFormat> format = format();
        Aside aside = Aside.of(err);
        long start = System.nanoTime();
        return Interrupt.during(spec, interrupt -> {
            try (Model loaded = model.load(interrupt, aside);
                    ChatModel chatModel = ChatModel.of(loaded, chatModelOptions());
                    Reply reply = chatModel.reply(messages, askOptions(loaded, format, interrupt))) {
                Duration loading = Duration.ofNanos(System.nanoTime() - start);
                Answer answer = new AnswerPrinter(out, aside).print(reply);
                if (answer.reason() == StopReason.CANCELLED) {
                    return Interrupt.report(err);
                }
                requireWhole(answer);
                err.println(Summary.of(loading, answer));
                return 0;
            }
        });
    }

    private List<Message> messages() throws IOException {
        String text = prompt.equals("-") ? Input.prompt() : prompt;
        return Stream.concat(answers.system().stream(), Stream.of(Message.user(text))).toList();
    }

    private Optional<AnswerFormat> format() throws IOException {
        return schema == null ? Optional.empty() : Optional.of(AnswerFormat.schema(Files.readString(schema)));
    }

    private ChatModelOptions chatModelOptions() {
        return ChatModelOptions.builder().context(model.contextOptions()).cachedConversations(1).build();
    }

    private AskOptions askOptions(Model loaded, Optional<AnswerFormat> format, Interrupt interrupt) {
        AskOptions.Values options = answers.options(loaded.info()).cancellation(interrupt.cancellation());
        return format.map(options::format).orElse(options);
    }

    /** Who asks for JSON reads all of it. */
    private void requireWhole(Answer answer) {
        if (schema != null && answer.reason() == StopReason.LENGTH) {
            throw new CommandException("the answer was cut off after %d tokens and is no whole JSON; raise --max-tokens"
                    .formatted(answer.usage().answerTokens()));
        }
    }
}
