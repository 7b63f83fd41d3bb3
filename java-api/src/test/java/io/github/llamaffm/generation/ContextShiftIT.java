package io.github.llamaffm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.AdapterMismatch;
import io.github.llamaffm.Adapters;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.PromptTooLongException;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.UnsupportedMemoryException;
import io.github.llamaffm.WhenFull;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.Randoms;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a generation does when the context is full. */
class ContextShiftIT {

    private static final String PROMPT = "Once upon a time, there was a little girl who lived in a village near the sea.";

    @TempDir
    private static Path folder;

    private static Model model;

    /** A llama of random weights: it never ends by itself, and computes a token in no time. */
    private static Model endless;

    @BeforeAll
    static void load() {
        RandomModels.make("^(llama|gemma2|mamba|jamba|qwen2vl)$", folder);
        model = Model.load(TestFiles.model());
        endless = Model.load(RandomModels.find("llama", folder));
    }

    @AfterAll
    static void unload() {
        model.close();
        endless.close();
    }

    /** Two shifts, the second of tokens that were shifted before. */
    @Test
    void goesOnAsLlamaCompletionDoes() throws Exception {
        int tokens = 390;
        String expected = completion(tokens, 8);
        try (Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build())) {
            GenerationResult result = context.generate(PROMPT, options(tokens, shift(8))).result();

            assertThat(result.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(result.tokens()).hasSize(tokens);
            assertThat(result.text().strip()).isEqualTo(expected.strip());
        }
    }

    @Test
    void isTheSameAsDiscardingByHand() {
        int[] prompt = Randoms.tokens(3, 20, 128);
        try (Context context = small(endless)) {
            int[] expected = new int[700];
            Sequence sequence = context.newSequence();
            int[] next = prompt;
            for (int i = 0; i < expected.length; i++) {
                if (sequence.length() + next.length >= 256) {
                    int left = sequence.length() - 5;
                    sequence.discard(5, 5 + left / 2);
                }
                expected[i] = next(sequence, next);
                next = new int[] {expected[i]};
            }
            sequence.close();

            Sequence shifted = context.newSequence();
            assertThat(shifted.generate(prompt, options(700, shift(5))).result().tokens()).isEqualTo(expected);
            assertThat(shifted.length()).isLessThanOrEqualTo(256);
            assertThat(shifted.tokens()).startsWith(Arrays.copyOf(prompt, 5));
            assertThat(shifted.nextPosition()).isEqualTo(shifted.length());
        }
    }

    @Test
    void forgetsAsManyAsAskedFor() {
        try (Context context = small(endless)) {
            Sequence sequence = context.newSequence();
            sequence.generate(Randoms.tokens(3, 20, 128), options(250,
                    new WhenFull.Shift(10, OptionalInt.of(100)))).result();
            // 256 would be full with the last of 236 generated tokens, so 100 are forgotten before it; 14 more follow.
            assertThat(sequence.length()).isEqualTo(20 + 250 - 100);
            assertThat(sequence.tokens()).startsWith(Arrays.copyOf(Randoms.tokens(3, 20, 128), 10));
        }
    }

    @Test
    void stopsOrFailsWhereThatIsAskedFor() {
        int[] prompt = Randoms.tokens(3, 20, 128);
        try (Context context = small(endless)) {
            GenerationResult stopped = context.generate(prompt, options(1000, new WhenFull.Stop())).result();
            assertThat(stopped.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(stopped.tokens()).hasSize(256 - 20 + 1);

            Sequence sequence = context.newSequence();
            Generation failing = sequence.generate(prompt, options(1000, new WhenFull.Fail()));
            assertThatExceptionOfType(NoKvSpaceException.class).isThrownBy(failing::result)
                    .satisfies(e -> assertThat(e.free()).isZero());
            // The last token has no cell, and nothing is lost.
            assertThat(sequence.length()).isEqualTo(257);
            GenerationResult full = sequence.generate(new int[0], options(1000, new WhenFull.Stop())).result();
            assertThat(full.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(full.tokens()).isEmpty();
            sequence.discard(0, 100);
            sequence.append(1);
            assertThat(sequence.length()).isEqualTo(158);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma2", "mamba", "jamba", "qwen2vl"})
    void refusesAtOnceWhereTheMemoryCannot(String architecture) {
        try (Model other = Model.load(RandomModels.find(architecture, folder));
                Context context = other.newContext(ContextOptions.builder()
                        .contextSize(1024).ubatchSize(32).maxSequences(1).threads(1).build())) {
            assertThatExceptionOfType(UnsupportedMemoryException.class)
                    .isThrownBy(() -> context.generate(new int[] {1}, options(2, shift(0))))
                    .withMessageContaining("choose WhenFull.Stop or Fail")
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(other.info().memoryKind()));
            // The sequence was given back.
            assertThat(context.generate(new int[] {1}, options(2, new WhenFull.Stop())).result().tokens()).hasSize(2);
        }
    }

    @Test
    void promptsOfALongChatMakeRoomForThemselves() {
        try (Context context = small(endless)) {
            Sequence chat = context.newSequence();
            chat.append(Randoms.tokens(1, 30, 128));
            for (int turn = 2; turn < 12; turn++) {
                int[] prompt = Randoms.tokens(turn, 60, 128);
                assertThat(chat.generate(prompt, options(20, shift(30))).result().tokens()).hasSize(20);
                assertThat(chat.length()).isLessThanOrEqualTo(256);
                assertThat(chat.tokens()).startsWith(Randoms.tokens(1, 30, 128));
                assertThat(Arrays.copyOfRange(chat.tokens(), chat.length() - 80, chat.length() - 20)).isEqualTo(prompt);
            }
            assertThatExceptionOfType(PromptTooLongException.class)
                    .isThrownBy(() -> chat.generate(new int[300], options(1, shift(30))));
        }
    }

    /** What is to be computed again makes room for a prompt as what is in the cache does. */
    @Test
    void makesRoomInWhatOtherAdaptersComputed() {
        float[][] numbers = new float[endless.info().layerCount() - 1][endless.info().embeddingSize()];
        for (float[] layer : numbers) {
            Arrays.fill(layer, 0.01f);
        }
        Adapters steered = Adapters.of(ControlVector.of(numbers), 1);
        int[] prompt = Randoms.tokens(2, 60, 128);
        try (Context context = endless.newContext(ContextOptions.builder().contextSize(256).threads(1)
                .adapterMismatch(AdapterMismatch.REEVALUATE).build())) {
            Sequence sequence = context.newSequence();
            sequence.append(Randoms.tokens(1, 240, 128));
            GenerateOptions.Builder options = GenerateOptions.builder().maxTokens(20).sampler(SamplerOptions.greedy())
                    .whenFull(shift(30)).adapters(steered);

            assertThat(sequence.generate(prompt, options.build()).result().tokens()).hasSize(20);
            assertThat(sequence.length()).isLessThanOrEqualTo(256);
            assertThat(sequence.tokens()).startsWith(Randoms.tokens(1, 30, 128));
            assertThat(sequence.adaptersFingerprint()).isEqualTo(steered.fingerprint());
        }
    }

    @Test
    void refusesToKeepEverything() {
        try (Context context = small(endless)) {
            assertThatIllegalArgumentException().isThrownBy(() -> context.generate(new int[] {1}, options(2, shift(255))))
                    .withMessage("keep 255 leaves no room for new tokens in a context of 256");
        }
    }

    @Test
    void makesRoomInACacheThatOthersUseToo() {
        try (Context context = endless.newContext(
                ContextOptions.builder().contextSize(256).maxSequences(2).threads(1).build())) {
            Sequence other = context.newSequence();
            other.append(Randoms.tokens(4, 150, 128));
            Sequence sequence = context.newSequence();
            assertThat(sequence.generate(Randoms.tokens(3, 20, 128), options(300, shift(4))).result().tokens()).hasSize(300);
            assertThat(sequence.length()).isLessThanOrEqualTo(107);
            assertThat(other.length()).isEqualTo(150);
        }
    }

    private static int next(Sequence sequence, int[] tokens) {
        try (Generation generation = sequence.generate(tokens, options(1, new WhenFull.Stop()))) {
            int token = generation.result().tokens()[0];
            sequence.truncate(sequence.length() - 1);
            return token;
        }
    }

    private static Context small(Model of) {
        return of.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
    }

    private static WhenFull shift(int keep) {
        return new WhenFull.Shift(keep, OptionalInt.empty());
    }

    private static GenerateOptions options(int tokens, WhenFull whenFull) {
        return GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy()).whenFull(whenFull).build();
    }

    /** What llama-completion writes after the prompt, with equal settings. */
    private static String completion(int tokens, int keep) throws IOException, InterruptedException {
        Path out = folder.resolve("completion.txt");
        Process process = new ProcessBuilder(List.of(
                TestFiles.peers().resolve("llama-completion").toString(), "--model", TestFiles.model().toString(),
                "--ctx-size", "256", "--batch-size", "2048", "--ubatch-size", "512", "--threads", "1", "--threads-batch", "1",
                "--temp", "0", "--predict", Integer.toString(tokens), "--keep", Integer.toString(keep), "--context-shift",
                "-no-cnv", "--no-display-prompt", "--simple-io", "--prompt", PROMPT))
                .redirectOutput(out.toFile()).redirectError(folder.resolve("completion.log").toFile()).start();
        assertThat(process.waitFor()).as(() -> read(folder.resolve("completion.log"))).isZero();
        return read(out);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
