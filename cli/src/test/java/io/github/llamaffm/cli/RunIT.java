package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.ChatModel;
import io.github.llamaffm.chat.ChatModelOptions;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.Reply;
import io.github.llamaffm.cli.CommandProcess.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code llama-ffm run} with real natives and the default model. */
class RunIT {

    private static final String SUMMARY =
            "load \\d+ ms, prompt \\d+ tokens at \\S+ t/s, generation \\d+ tokens at \\S+ t/s, (length limit|end of text)\\R";

    private static Model model;
    private static ChatModel chatModel;

    @TempDir
    private Path folder;

    @TempDir
    private Path files;

    @BeforeAll
    static void loadForComparison() {
        model = Model.load(ModelSource.resource(ModelArguments.DEFAULT_MODEL));
        chatModel = ChatModel.of(
                model, ChatModelOptions.builder().context(ContextOptions.builder().threads(1).build()).build());
    }

    @AfterAll
    static void close() {
        chatModel.close();
        model.close();
    }

    private static String expected(int maxTokens, Message... messages) {
        AskOptions options = AskOptions.sampler(SamplerOptions.greedy()).maxTokens(maxTokens);
        try (Reply reply = chatModel.reply(List.of(messages), options)) {
            return reply.answer().text() + "\n";
        }
    }

    @Test
    void printsWhatTheApiAnswers() {
        String system = "You are Bob, a pirate. 😀 日本";
        String prompt = "Who are you?";
        Result result = CommandProcess.run(
                folder, "run", "--temperature", "0", "--max-tokens", "16", "--threads", "1", "--system", system, prompt);

        assertThat(result.stdout())
                .isEqualTo(expected(16, Message.system(system), Message.user(prompt)))
                .isNotEqualTo(expected(16, Message.user(prompt)));
        assertThat(result.stderr()).matches(SUMMARY);
        assertThat(result.exitCode()).isZero();
        assertThat(result.files()).isEmpty();
    }

    @Test
    void aDashReadsThePromptFromStdin() {
        String prompt = "What is this?\n\"😀 日本\"";
        Result result = CommandProcess.runOn(
                prompt + "\n", folder, "run", "--temperature", "0", "--max-tokens", "16", "--threads", "1", "-");

        assertThat(result.stdout()).isEqualTo(expected(16, Message.user(prompt)));
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void aSchemaShapesTheAnswer() throws IOException {
        Path schema = Files.writeString(files.resolve("schema.json"), """
                {"type": "object", "properties": {"capital": {"enum": ["Paris", "Rome"]}, "ok": {"type": "boolean"}},
                 "required": ["capital", "ok"], "additionalProperties": false}""");
        Result result = CommandProcess.run(
                folder, "run", "--temperature", "0", "--threads", "1", "--schema", schema.toString(), "What is the capital of France?");

        assertThat(result.stdout())
                .matches("\\s*\\{\\s*\"capital\"\\s*:\\s*\"(Paris|Rome)\"\\s*,\\s*\"ok\"\\s*:\\s*(true|false)\\s*\\}\\s*");
        assertThat(result.exitCode()).isZero();

        Result cut = CommandProcess.run(
                folder, "run", "--temperature", "0", "--threads", "1", "--max-tokens", "3", "--schema", schema.toString(),
                "What is it?");
        assertThat(cut.stderr()).startsWith("llama-ffm: ").contains("3 tokens", "--max-tokens").hasLineCount(1);
        assertThat(cut.exitCode()).isEqualTo(1);
    }

    @Test
    void aSchemaThatIsNotThereIsOneLine() {
        Result result = CommandProcess.run(folder, "run", "--schema", "missing.json", "Hello");

        assertThat(result.stderr()).startsWith("llama-ffm: ").contains("missing.json").hasLineCount(1);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void ctrlCEndsTheAnswer() throws IOException, InterruptedException {
        CommandProcess command = CommandProcess.start(
                folder, Map.of(), "run", "--temperature", "0", "--threads", "1", "Write a long story about a dragon.");
        InputStream stdout = command.stdout();
        byte[] start = stdout.readNBytes(20);

        command.interrupt();

        String text = new String(start, StandardCharsets.UTF_8) + new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
        Result result = command.waitFor(text);
        assertThat(result.exitCode()).isEqualTo(130);
        assertThat(result.stderr()).isEqualTo("llama-ffm: interrupted\n");
        assertThat(text).endsWith("\n");
        assertThat(result.files()).isEmpty();
    }
}
