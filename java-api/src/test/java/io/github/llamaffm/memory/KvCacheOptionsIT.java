package io.github.llamaffm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.offset;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.KvCacheInfo;
import io.github.llamaffm.KvType;
import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.PlainCalls;
import io.github.llamaffm.PromptTooLongException;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.UnsupportedMemoryException;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.Randoms;
import io.github.llamaffm.support.Rows;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of a context that shape its cache. */
class KvCacheOptionsIT {

    private static final String PROMPT = "The capital of France is";

    @TempDir
    private static Path folder;

    private static Model model;

    @BeforeAll
    static void load() {
        model = Model.load(TestFiles.model());
        RandomModels.make("^(gemma2|lfm2|nemotron_h|kimi-k3|qwen4exp)$", folder);
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    /** Bytes of 32 numbers: the block of the quantised types. */
    private static long bytesOf32(KvType type) {
        return switch (type) {
            case F32 -> 128;
            case F16, BF16 -> 64;
            case Q8_0 -> 34;
            case Q5_1 -> 24;
            case Q5_0 -> 22;
            case Q4_1 -> 20;
            case Q4_0, IQ4_NL -> 18;
        };
    }

    /** Heads of SmolLM2 have 64 numbers, two blocks of every quantised type. */
    @ParameterizedTest
    @EnumSource
    void everyTypeAnswersAndHasItsSize(KvType type) {
        try (Context plain = context(KvType.F16, KvType.F16); Context context = context(type, type)) {
            KvCacheInfo info = context.kvCache();

            assertThat(info.keyType()).isEqualTo(type);
            assertThat(info.valueType()).isEqualTo(type);
            assertThat(info.bytes()).isEqualTo(plain.kvCache().bytes() * bytesOf32(type) / 64);
            assertThat(context.generate(PROMPT, greedy(2)).result().text()).isEqualTo(" Paris.");
        }
    }

    @Test
    void keysAndValuesCanDiffer() {
        try (Context context = context(KvType.Q8_0, KvType.Q4_0)) {
            assertThat(context.kvCache().keyType()).isEqualTo(KvType.Q8_0);
            assertThat(context.kvCache().valueType()).isEqualTo(KvType.Q4_0);
            assertThat(context.generate(PROMPT, greedy(2)).result().text()).isEqualTo(" Paris.");
        }
    }

    /** The keys of moved tokens are computed anew, and stand for the same tokens: rope depends on distances only. */
    @ParameterizedTest
    @EnumSource
    void movedTokensSayTheSame(KvType type) {
        try (Context context = context(type, KvType.F16)) {
            Sequence sequence = context.newSequence();
            sequence.append(PROMPT);
            // llama.cpp aborts on a compute thread where such keys are computed anew.
            assertThat(sequence.canShift()).isEqualTo(type != KvType.BF16);

            if (sequence.canShift()) {
                sequence.shift(0, sequence.length(), 64);
                assertThat(sequence.position(0)).isEqualTo(64);
            } else {
                assertThatExceptionOfType(UnsupportedMemoryException.class)
                        .isThrownBy(() -> sequence.shift(0, sequence.length(), 64));
            }
            assertThat(sequence.generate(new int[0], greedy(2)).result().text()).isEqualTo(" Paris.");
        }
    }

    /** Heads of 32 numbers are not rotated before they are quantised; llama.cpp reads a NULL pointer where they are moved. */
    @Test
    void quantisedKeysThatCannotBeComputedAnewDoNotShift() {
        try (Model small = Model.load(TinyModel.llama().heads(2, 1).embeddingSize(64).writeTo(folder.resolve("tiny.gguf")));
                Context context = small.newContext(ContextOptions.builder()
                        .contextSize(256).keyType(KvType.Q8_0).threads(1).build())) {
            Sequence sequence = context.newSequence();
            sequence.append(Randoms.tokens(1, 20, 128));

            assertThat(context.kvCache().keyType()).isEqualTo(KvType.Q8_0);
            assertThat(context.kvCache().canShift()).isFalse();
            assertThatExceptionOfType(UnsupportedMemoryException.class).isThrownBy(() -> sequence.discard(5, 10));
            assertThat(sequence.length()).isEqualTo(20);
            sequence.remove(5, 10);
            assertThat(sequence.generate(new int[0], greedy(2)).result().tokens()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachSequenceHasItsPartOrAllShareOne(boolean unified) {
        ContextOptions options = ContextOptions.builder()
                .contextSize(1024).maxSequences(4).unifiedCache(unified).threads(1).build();
        try (Context context = model.newContext(options)) {
            int most = unified ? 1024 : 256;
            assertThat(context.size()).isEqualTo(1024);
            assertThat(context.sequenceSize()).isEqualTo(most);
            assertThat(context.kvCache().unified()).isEqualTo(unified);
            assertThat(context.kvCache().streams()).isEqualTo(unified ? 1 : 4);

            Sequence first = context.newSequence();
            first.append(Randoms.tokens(1, 250, 1000));
            Sequence second = context.newSequence();
            second.append(Randoms.tokens(2, 250, 1000));
            int room = most - (unified ? 500 : 250);
            assertThatExceptionOfType(NoKvSpaceException.class)
                    .isThrownBy(() -> second.append(Randoms.tokens(3, room + 1, 1000)))
                    .satisfies(e -> {
                        assertThat(e.tokens()).isEqualTo(room + 1);
                        assertThat(e.free()).isEqualTo(room);
                        assertThat(e.size()).isEqualTo(most);
                    });
            assertThat(second.length()).isEqualTo(250);
            second.append(Randoms.tokens(3, room, 1000));
            assertThatExceptionOfType(NoKvSpaceException.class).isThrownBy(() -> second.append(1));
            assertThatExceptionOfType(PromptTooLongException.class)
                    .isThrownBy(() -> context.generate(new int[most + 1], greedy(1)));
            if (unified) {
                assertThatExceptionOfType(NoKvSpaceException.class).isThrownBy(() -> first.append(1));
            } else {
                first.append(1);
            }
        }
    }

    @Test
    void aFullWindowCanGoBackAndShiftAndOneThatMovesOnCannot() {
        try (Model gemma = Model.load(RandomModels.find("gemma2", folder))) {
            for (boolean full : new boolean[] {true, false}) {
                try (Context context = gemma.newContext(ContextOptions.builder()
                        .contextSize(1024).ubatchSize(32).fullSlidingWindow(full).threads(1).build())) {
                    KvCacheInfo info = context.kvCache();
                    assertThat(info.kind()).isEqualTo(MemoryKind.SLIDING_WINDOW);
                    assertThat(info.canShift()).isEqualTo(full);
                    assertThat(info.canTruncate()).isEqualTo(full);

                    int[] tokens = Randoms.tokens(4, 600, 128);
                    Sequence sequence = context.newSequence();
                    sequence.append(tokens);
                    assertThat(sequence.canTruncate(100)).isEqualTo(full);
                    // The window has 32 tokens, its cache 256 cells.
                    assertThat(sequence.canTruncate(580)).isTrue();
                    assertThat(sequence.canRemove(100, 200)).isTrue();

                    if (!full) {
                        assertThatExceptionOfType(UnsupportedMemoryException.class)
                                .isThrownBy(() -> sequence.discard(100, 200))
                                .satisfies(e -> assertThat(e.kind()).isEqualTo(MemoryKind.SLIDING_WINDOW));
                    }
                    for (int length : new int[] {580, 100}) {
                        boolean can = sequence.canTruncate(length);
                        sequence.truncate(length);
                        assertThat(sequence.length()).isEqualTo(can ? length : 0);
                        int[] expected;
                        try (Context other = gemma.newContext(ContextOptions.builder().contextSize(1024).threads(1).build())) {
                            expected = other.generate(Arrays.copyOf(tokens, length), greedy(6)).result().tokens();
                        }
                        int[] rest = Arrays.copyOfRange(tokens, sequence.length(), length);
                        assertThat(sequence.generate(rest, greedy(6)).result().tokens()).isEqualTo(expected);
                    }
                }
            }
        }
    }

    @Test
    void aFullWindowShiftsAsPlainCallsDo() {
        ContextOptions options = ContextOptions.builder().contextSize(512).ubatchSize(64).fullSlidingWindow(true).threads(1).build();
        try (Model gemma = Model.load(RandomModels.find("gemma2", folder));
                Context context = gemma.newContext(options); Context other = gemma.newContext(options)) {
            int[] tokens = Randoms.tokens(4, 64, 128);
            Sequence sequence = context.newSequence();
            PlainCalls plain = new PlainCalls(other);
            sequence.append(tokens);
            plain.decode(0, 0, tokens);
            sequence.discard(5, 40);
            plain.remove(0, 5, 40);
            plain.shift(0, 40, 64, -35);

            assertThat(Rows.next(sequence, 7)).isEqualTo(plain.decode(0, 29, 7));
        }
    }

    /** Cells that two sequences share are not reused by llama.cpp, though nobody looks at them any more. */
    @Test
    void forksDoNotFillAWindowForGood() {
        try (Model gemma = Model.load(RandomModels.find("gemma2", folder));
                Context context = gemma.newContext(ContextOptions.builder()
                        .contextSize(2048).ubatchSize(32).maxSequences(2).threads(1).build());
                Context single = gemma.newContext(ContextOptions.builder().contextSize(2048).threads(1).build())) {
            int[] tokens = Randoms.tokens(5, 600, 128);
            int[] more = Randoms.tokens(6, 300, 128);
            Sequence origin = context.newSequence();
            origin.append(tokens);
            Sequence fork = origin.fork();
            fork.append(more);
            origin.append(more);
            Sequence alone = single.newSequence();
            alone.append(tokens);
            alone.append(more);

            int[] expected = alone.generate(new int[] {1}, greedy(6)).result().tokens();
            assertThat(origin.generate(new int[] {1}, greedy(6)).result().tokens()).isEqualTo(expected);
            assertThat(fork.generate(new int[] {1}, greedy(6)).result().tokens()).isEqualTo(expected);
        }
    }

    /** llama.cpp accepts to go back further than it has states for, and then reads old ones. */
    @ParameterizedTest
    @ValueSource(strings = {"lfm2", "nemotron_h", "kimi-k3", "qwen4exp"})
    void statesGoBackAsFarAsTheyWereKept(String architecture) {
        try (Model hybrid = Model.load(RandomModels.find(architecture, folder))) {
            int[] tokens = Randoms.tokens(8, 40, 128);
            ContextOptions.Builder options = ContextOptions.builder().contextSize(256).maxSequences(2).threads(1);
            try (Context context = hybrid.newContext(options.recurrentRollback(4).build());
                    Context fresh = hybrid.newContext(options.recurrentRollback(0).build())) {
                Sequence plain = fresh.newSequence();
                plain.append(Arrays.copyOf(tokens, 36));
                float[] expected = Rows.next(plain, tokens[36]);
                Sequence sequence = context.newSequence();
                sequence.append(tokens);
                assertThat(sequence.canTruncate(35)).isFalse();
                assertThat(sequence.canTruncate(36)).isTrue();
                sequence.truncate(36);
                assertThat(sequence.length()).isEqualTo(36);
                // Once only, until more tokens are computed.
                assertThat(sequence.canTruncate(35)).isFalse();
                Sequence fork = sequence.fork();
                // Random weights say little of the state, but a state of four tokens later differs by a hundred times this.
                assertThat(Rows.next(sequence, tokens[36])).containsExactly(expected, offset(1e-5f));
                assertThat(Rows.next(fork, tokens[36])).containsExactly(expected, offset(1e-5f));

                // The last decode had one token: there is no older state.
                assertThat(sequence.canTruncate(sequence.length() - 3)).isFalse();
                sequence.truncate(10);
                assertThat(sequence.length()).isZero();
                sequence.append(Arrays.copyOf(tokens, 20));
                fork.append(1);
                // Another sequence may have moved the states.
                assertThat(sequence.canTruncate(19)).isFalse();
            }
        }
    }

    private static Context context(KvType keys, KvType values) {
        return model.newContext(ContextOptions.builder()
                .contextSize(256).keyType(keys).valueType(values).threads(1).build());
    }

    private static GenerateOptions greedy(int tokens) {
        return GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy()).build();
    }
}
