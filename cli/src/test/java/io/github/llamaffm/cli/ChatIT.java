package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.cli.CommandProcess.Result;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code llama-ffm chat} with real natives and the default model, at a real pseudo-terminal and in a pipe. */
class ChatIT {

    private static final String ENTER = "\r";
    private static final String CTRL_C = "\u0003";
    private static final String CTRL_D = "\u0004";
    private static final String UP = "\u001bOA";

    /** What a terminal gets when a line may be typed. */
    private static final String READY = "\u001b[?2004h> ";

    private static final String SYSTEM = "<|im_start|>system\nBe brief.<|im_end|>\n";

    private static final Pattern COUNTERS = Pattern.compile(
            "prompt (\\d+) tokens: (\\d+) reused, (\\d+) evaluated at \\S+ t/s; answer (\\d+) tokens at \\S+ t/s, (.*)");

    private static Model vocabulary;

    @TempDir
    private Path folder;

    @TempDir
    private Path files;

    /** What a turn took. */
    private record Turn(int prompt, int reused, int evaluated, int answer, String reason) {

        static Turn in(String shown) {
            Matcher matcher = COUNTERS.matcher(shown);
            assertThat(matcher.find()).as(shown).isTrue();
            return new Turn(number(matcher, 1), number(matcher, 2), number(matcher, 3), number(matcher, 4), matcher.group(5).strip());
        }

        private static int number(Matcher matcher, int group) {
            return Integer.parseInt(matcher.group(group));
        }

        /**
         * The turn after this one evaluates exactly what is new: this answer's last token, which was sampled and not computed, and the
         * text of the template and the user. Where the model ended the answer, that token is the first one of that text.
         */
        void assertGoesOn(Turn next, String question) {
            int added = tokens("<|im_end|>\n" + rendered(question));
            assertThat(next.reused()).as("%s, then %s", this, next).isEqualTo(prompt + answer - 1);
            assertThat(next.evaluated()).as("%s, then %s", this, next).isEqualTo(reason.equals("end of text") ? added : added + 1);
            assertThat(next.prompt()).isEqualTo(next.reused() + next.evaluated());
        }
    }

    @BeforeAll
    static void load() {
        vocabulary = Model.load(
                ModelSource.resource(ModelArguments.DEFAULT_MODEL), ModelOptions.builder().vocabularyOnly(true).build());
    }

    @AfterAll
    static void close() {
        vocabulary.close();
    }

    private static String rendered(String question) {
        return "<|im_start|>user\n" + question + "<|im_end|>\n<|im_start|>assistant\n";
    }

    private static int tokens(String text) {
        return vocabulary.tokenizer().encode(text, false, true).length;
    }

    @Test
    void holdsAConversationAtATerminal() throws IOException, InterruptedException {
        Path saved = files.resolve("saved.json");
        try (TerminalProcess terminal = TerminalProcess.start(
                "xterm-256color", folder, "chat", "--temperature", "0", "--threads", "1", "--system", "Be brief.", "--verbose")) {
            assertThat(terminal.await(READY)).contains("loading the model: 100 %", "/help");

            terminal.type("Hi" + ENTER);
            Turn first = Turn.in(terminal.await(READY));
            assertThat(first.prompt()).isEqualTo(tokens(SYSTEM + rendered("Hi")));
            assertThat(first.reused()).isZero();
            assertThat(first.reason()).isEqualTo("end of text");

            // Two lines; stopped while it is answered.
            String story = "Write a long story of 1000 words\nabout 日本 and 😀.";
            terminal.type(story.replace("\n", "\\" + ENTER) + ENTER);
            assertThat(terminal.await("\u001b[?2004l")).contains("Write a long", "about 日本 and 😀.");
            terminal.await(" ");
            terminal.type(CTRL_C);
            Turn second = Turn.in(terminal.await(READY));
            assertThat(second.reason()).isEqualTo("interrupted");
            first.assertGoesOn(second, story);

            // The first question again: up to the story, up in it, up beyond it.
            terminal.type(UP + UP + UP);
            assertThat(terminal.await("Hi")).contains("about 日本 and 😀.");
            terminal.type(ENTER);
            Turn third = Turn.in(terminal.await(READY));
            second.assertGoesOn(third, "Hi");

            terminal.type("/save " + saved + ENTER);
            terminal.await(READY);
            terminal.type(CTRL_C);
            assertThat(terminal.await(READY)).contains("Ctrl-C again");
            terminal.type(CTRL_D);
            assertThat(terminal.awaitEnd()).doesNotContain("Exception");
            assertThat(terminal.exitCode()).isZero();
        }
        assertThat(Files.readString(saved)).contains("Be brief.", "1000 words\\nabout 日本 and 😀.").doesNotContain("\\u001b");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void readsLinesFromAPipe() throws IOException {
        Path saved = files.resolve("saved.json");
        String script = """
                \"""
                Count:
                1, 2,
                \"""
                Go \\
                on.
                /regenerate
                /save %1$s
                /system You are a cook.
                /new
                /load %1$s
                One more.
                """.formatted(saved);
        Result result = CommandProcess.runOn(
                script, folder, "chat", "--temperature", "0", "--threads", "1", "--max-tokens", "8", "--system", "Be brief.", "--verbose");

        assertThat(result.exitCode()).as(result.stderr()).isZero();
        assertThat(result.stdout()).doesNotContain("\u001b", "> ", "/help");
        assertThat(result.stderr()).doesNotContain("\u001b", "Count").hasLineCount(4);
        Turn[] turns = result.stderr().lines().map(Turn::in).toArray(Turn[]::new);
        assertThat(turns[0].prompt()).isEqualTo(tokens(SYSTEM + rendered("Count:\n1, 2,")));
        turns[0].assertGoesOn(turns[1], "Go \non.");
        // The same prompt again: only its last token is computed.
        assertThat(turns[2].prompt()).isEqualTo(turns[1].prompt());
        assertThat(turns[2].evaluated()).isEqualTo(1);
        // What was loaded is what was saved: cached as far as it goes.
        turns[2].assertGoesOn(turns[3], "One more.");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(saved))).isEqualTo("rw-------");
        assertThat(Files.readString(saved)).startsWith("[{").contains("Count:\\n1, 2,", "Be brief.");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatFailsInAPipeEndsIt() {
        Result result = CommandProcess.runOn("/bogus\nHello\n", folder, "chat");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.stderr()).startsWith("llama-ffm: /bogus").hasLineCount(1);
    }

    @Test
    void aFullContextIsSaidAndLeavesTheNewestTurns() {
        Path model = TinyModel.llama().contextSize(512).writeTo(files.resolve("tiny.gguf"));
        String[] options = {"chat", "-m", model.toString(), "--max-tokens", "4", "--verbose"};
        String turn = "word ".repeat(60) + "\n";

        Result result = CommandProcess.runOn(turn.repeat(12), folder, options);

        assertThat(result.exitCode()).as(result.stderr()).isZero();
        assertThat(result.stderr().lines().filter(line -> !COUNTERS.matcher(line).matches()))
                .singleElement(STRING)
                .contains("512 tokens", "newest turns", "/new");
        assertThat(result.stderr().lines().filter(line -> COUNTERS.matcher(line).matches()))
                .hasSize(12)
                .allMatch(line -> Turn.in(line).prompt() <= 512);

        Result tooLong = CommandProcess.runOn("word ".repeat(600) + "\n", folder, options);

        assertThat(tooLong.exitCode()).isEqualTo(1);
        assertThat(tooLong.stderr()).startsWith("llama-ffm: ").contains("512", "say less").hasLineCount(1);
    }

    @Test
    void aTerminalWithoutEscapeCodesGetsNone() throws IOException, InterruptedException {
        try (TerminalProcess terminal = TerminalProcess.start("dumb", folder, "chat", "--max-tokens", "4")) {
            terminal.await("> ");
            terminal.type("/bogus\n");
            assertThat(terminal.await("> ")).contains("/bogus is no command");
            terminal.type("Hi\n");
            assertThat(terminal.await("> ")).contains("the answer is cut off");
            terminal.type(CTRL_D);
            terminal.awaitEnd();
            assertThat(terminal.exitCode()).isZero();
        }
    }
}
