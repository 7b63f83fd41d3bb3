package io.github.llamaffm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.offset;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.KvCacheInfo;
import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.PlainCalls;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.UnsupportedMemoryException;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.Randoms;
import io.github.llamaffm.support.Rows;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a sequence can do with each kind of memory, and each class of memory in llama.cpp. */
class MemoryKindsIT {

    private static final long SEED = 7;
    private static final int PROMPT = 40;

    /** One model for each memory class of llama.cpp, and the families people use. */
    enum Arch {
        LLAMA("llama", MemoryKind.ATTENTION),
        QWEN2VL("qwen2vl", MemoryKind.ATTENTION),
        DEEPSEEK32("deepseek32", MemoryKind.ATTENTION),
        MINIMAX_M3("minimax-m3", MemoryKind.ATTENTION),
        GEMMA2("gemma2", MemoryKind.SLIDING_WINDOW),
        GEMMA3("gemma3", MemoryKind.SLIDING_WINDOW),
        DOTS3NOTE("dots3note", MemoryKind.SLIDING_WINDOW),
        MAMBA("mamba", MemoryKind.RECURRENT),
        MAMBA2("mamba2", MemoryKind.RECURRENT),
        JAMBA("jamba", MemoryKind.HYBRID),
        FALCON_H1("falcon-h1", MemoryKind.HYBRID),
        QWEN3NEXT("qwen3next", MemoryKind.HYBRID),
        QWEN35("qwen35", MemoryKind.HYBRID),
        LFM2("lfm2", MemoryKind.HYBRID),
        QWEN4EXP("qwen4exp", MemoryKind.HYBRID),
        DEEPSEEK4("deepseek4", MemoryKind.HYBRID),
        DREAM("dream", MemoryKind.NONE);

        private final String architecture;
        private final MemoryKind kind;

        Arch(String architecture, MemoryKind kind) {
            this.architecture = architecture;
            this.kind = kind;
        }

        private boolean hasStates() {
            return kind == MemoryKind.RECURRENT || kind == MemoryKind.HYBRID;
        }
    }

    private static final Map<Arch, Model> MODELS = new EnumMap<>(Arch.class);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makeModels() {
        String all = String.join("|", Arrays.stream(Arch.values()).map(arch -> arch.architecture).toList());
        RandomModels.make("^(" + all + ")$", folder);
        for (Arch arch : Arch.values()) {
            MODELS.put(arch, Model.load(RandomModels.find(arch.architecture, folder)));
        }
    }

    @AfterAll
    static void closeModels() {
        MODELS.values().forEach(Model::close);
    }

    @ParameterizedTest
    @EnumSource
    void modelAndContextSayTheSameKind(Arch arch) {
        try (Context context = context(arch, true)) {
            assertThat(context.model().info().memoryKind()).isEqualTo(arch.kind);
            assertThat(context.kvCache().kind()).isEqualTo(arch.kind);
            assertThat(context.kvCache().bytes() > 0).isEqualTo(arch.kind != MemoryKind.NONE);
            assertThat(context.model().info().slidingWindow().isPresent())
                    .isEqualTo(arch.kind == MemoryKind.SLIDING_WINDOW || arch == Arch.LFM2);
        }
    }

    /** With what test-llama-archs cannot make. */
    @Test
    void modelAndContextSayTheSameKindOfEncoders() {
        Map<TinyModel, MemoryKind> models = Map.of(
                TinyModel.bert(), MemoryKind.NONE, TinyModel.reranker(), MemoryKind.NONE, TinyModel.t5(), MemoryKind.ATTENTION,
                TinyModel.mamba(), MemoryKind.RECURRENT, TinyModel.gemma3(), MemoryKind.SLIDING_WINDOW);
        models.forEach((maker, kind) -> {
            try (Model model = Model.load(maker.writeTo(folder.resolve("tiny.gguf")));
                    Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build())) {
                assertThat(model.info().memoryKind()).as(maker.name()).isEqualTo(kind);
                assertThat(context.kvCache().kind()).as(maker.name()).isEqualTo(kind);
            }
        });
    }

    @Test
    void whatAnEncoderReadIsNotForked() {
        try (Model model = Model.load(TinyModel.t5().writeTo(folder.resolve("t5.gguf")));
                Context context = model.newContext(ContextOptions.builder().contextSize(256).maxSequences(2).threads(1).build())) {
            Sequence sequence = context.newSequence();
            sequence.generate(new int[] {5, 6, 7}, greedy()).result();

            assertThatIllegalStateException().isThrownBy(sequence::fork).withMessageContaining("the output of the encoder");
            assertThat(context.newSequence().length()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DREAM", mode = EnumSource.Mode.EXCLUDE)
    void questionsTouchNothing(Arch arch) {
        try (Context context = context(arch, true)) {
            Sequence sequence = filled(context);
            Sequence fork = sequence.fork();
            fork.append(prompt(arch, 3));
            byte[] before = PlainCalls.state(context);

            context.kvCache();
            context.model().info().memoryKind();
            for (Sequence asked : new Sequence[] {sequence, fork}) {
                asked.canShift();
                asked.tokens();
                for (int i = 0; i < asked.length(); i++) {
                    asked.canTruncate(i);
                    asked.canRemove(i, i + 1);
                    asked.canRemove(0, i);
                    asked.canShift(i, asked.length());
                    asked.position(i);
                }
            }

            assertThat(PlainCalls.state(context)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DREAM", mode = EnumSource.Mode.EXCLUDE)
    void forksGoOnAsWhatTheyAreForksOf(Arch arch) {
        for (boolean unified : new boolean[] {true, false}) {
            try (Context context = context(arch, unified)) {
                float[] expected = Rows.next(filled(context), 5);
                Sequence origin = filled(context);
                Sequence fork = origin.fork();

                assertThat(fork.tokens()).isEqualTo(origin.tokens());
                assertThat(Rows.next(fork, 5)).containsExactly(expected, offset(1e-5f));
                // The fork has gone on; the origin is where it was.
                assertThat(Rows.next(origin, 5)).containsExactly(expected, offset(1e-5f));
                assertThat(continuation(fork)).isEqualTo(continuation(origin));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DREAM", mode = EnumSource.Mode.EXCLUDE)
    void goesBackAsFarAsItSaysAndElseIsCleared(Arch arch) {
        try (Context context = context(arch, true)) {
            Sequence sequence = filled(context);
            boolean can = sequence.canTruncate(25);
            sequence.truncate(25);

            assertThat(can).isEqualTo(!arch.hasStates());
            assertThat(sequence.length()).isEqualTo(can ? 25 : 0);
            sequence.append(prompt(arch, 50));
            Sequence fresh = context.newSequence();
            fresh.append(Arrays.copyOf(sequence.tokens(), sequence.length()));
            assertThat(continuation(sequence)).isEqualTo(continuation(fresh));
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DREAM", mode = EnumSource.Mode.EXCLUDE)
    void isClearedAndUsedAgain(Arch arch) {
        try (Context context = context(arch, true)) {
            Sequence sequence = filled(context);
            int[] expected = continuation(sequence);
            sequence.clear();

            assertThat(sequence.length()).isZero();
            assertThat(sequence.nextPosition()).isZero();
            sequence.append(prompt(arch, PROMPT));
            assertThat(continuation(sequence)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DREAM", mode = EnumSource.Mode.EXCLUDE)
    void keepsOnlyOne(Arch arch) {
        try (Context context = context(arch, true)) {
            Sequence kept = filled(context);
            Sequence other = kept.fork();
            other.append(prompt(arch, 5));
            Generation unfinished = context.generate(prompt(arch, 5), greedy());
            unfinished.iterator().next();
            int[] tokens = kept.tokens();

            kept.keepOnly();

            assertThat(other.length()).isZero();
            assertThat(unfinished.result().reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(kept.tokens()).isEqualTo(tokens);
            other.append(prompt(arch, PROMPT));
            assertThat(continuation(kept)).isEqualTo(continuation(other));
        }
    }

    /** States cannot forget: the same rows by way of llama_memory_seq_rm would silently change nothing, or half of it. */
    @ParameterizedTest
    @EnumSource(names = "DREAM", mode = EnumSource.Mode.EXCLUDE)
    void removesFromTheMiddleOrSaysThatItCannot(Arch arch) {
        try (Context context = context(arch, true)) {
            Sequence sequence = filled(context);
            assertThat(sequence.canRemove(10, 20)).isEqualTo(!arch.hasStates());

            if (arch.hasStates()) {
                for (Runnable removal : new Runnable[] {
                        () -> sequence.remove(10, 20), () -> sequence.remove(0, 39), () -> sequence.remove(20, PROMPT),
                        () -> sequence.discard(10, 20)}) {
                    assertThatExceptionOfType(UnsupportedMemoryException.class).isThrownBy(removal::run)
                            .satisfies(e -> assertThat(e.kind()).isEqualTo(arch.kind));
                }
                assertThat(sequence.length()).isEqualTo(PROMPT);
                assertThat(Rows.next(sequence, 5)).containsExactly(Rows.next(filled(context), 5), offset(1e-5f));
                sequence.remove(0, sequence.length());
                assertThat(sequence.length()).isZero();
            } else {
                sequence.remove(10, 20);
                assertThat(sequence.length()).isEqualTo(30);
                assertThat(sequence.position(9)).isEqualTo(9);
                assertThat(sequence.position(10)).isEqualTo(20);
                assertThat(sequence.nextPosition()).isEqualTo(PROMPT);
                assertThat(continuation(sequence)).hasSize(8);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DREAM", mode = EnumSource.Mode.EXCLUDE)
    void shiftsOrSaysThatItCannot(Arch arch) {
        boolean can = switch (arch) {
            // Positions in several dimensions, compressed rows and indices cannot move; LFM2's cache has no layers here, on
            // which llama.cpp would abort.
            case QWEN2VL, QWEN35, QWEN4EXP, DEEPSEEK4, DEEPSEEK32, MINIMAX_M3, DOTS3NOTE, LFM2 -> false;
            default -> true;
        };
        try (Context context = context(arch, true)) {
            Sequence sequence = filled(context);
            assertThat(sequence.canShift()).isEqualTo(can).isEqualTo(context.kvCache().canShift());
            assertThat(sequence.canShift(30, PROMPT)).isEqualTo(can);

            if (can) {
                sequence.shift(30, PROMPT, 5);
                assertThat(sequence.position(29)).isEqualTo(29);
                assertThat(sequence.position(30)).isEqualTo(35);
                assertThat(sequence.nextPosition()).isEqualTo(PROMPT + 5);
                assertThat(continuation(sequence)).hasSize(8);
                assertThatIllegalArgumentException().isThrownBy(() -> sequence.shift(20, 25, 6));
                assertThatIllegalArgumentException().isThrownBy(() -> sequence.shift(0, 5, -1));
                assertThatIllegalArgumentException().isThrownBy(() -> sequence.shift(0, 5, Integer.MAX_VALUE));
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(() -> sequence.shift(0, sequence.length() + 1, 1));
            } else {
                assertThatExceptionOfType(UnsupportedMemoryException.class).isThrownBy(() -> sequence.shift(30, PROMPT, 5))
                        .satisfies(e -> assertThat(e.kind()).isEqualTo(arch.kind));
                assertThat(continuation(sequence)).isEqualTo(continuation(filled(context)));
            }
        }
    }

    /** llama.cpp would move the shared cell, or the shared state's position, for both. */
    @ParameterizedTest
    @EnumSource(names = {"LLAMA", "GEMMA2", "MAMBA", "JAMBA"})
    void doesNotMoveWhatForksShare(Arch arch) {
        try (Context context = context(arch, true)) {
            Sequence sequence = filled(context);
            Sequence fork = sequence.fork();

            assertThat(sequence.canShift(5, PROMPT)).isFalse();
            assertThatExceptionOfType(UnsupportedMemoryException.class).isThrownBy(() -> sequence.shift(5, PROMPT, 1))
                    .withMessageContaining("a fork shares some of them");
            fork.append(prompt(arch, 10));
            assertThat(fork.canShift(PROMPT, PROMPT + 10)).isTrue();
            fork.shift(PROMPT, PROMPT + 10, 7);
            assertThat(continuation(sequence)).isEqualTo(continuation(filled(context)));

            fork.close();
            assertThat(context.newSequence().length()).isZero();
            assertThat(sequence.canShift(5, PROMPT)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DREAM")
    void saysWhereNothingIsKept(Arch arch) {
        try (Context context = context(arch, true)) {
            KvCacheInfo info = context.kvCache();
            assertThat(info.bytes()).isZero();
            assertThat(info.canShift()).isFalse();
            assertThat(info.canTruncate()).isFalse();
            assertThat(context.newSequence().canShift()).isFalse();
        }
    }

    private static Context context(Arch arch, boolean unified) {
        return MODELS.get(arch).newContext(ContextOptions.builder()
                .contextSize(512).maxSequences(3).unifiedCache(unified).threads(1).build());
    }

    private static Sequence filled(Context context) {
        Sequence sequence = context.newSequence();
        sequence.append(Randoms.tokens(SEED, PROMPT, context.model().info().vocabularySize()));
        return sequence;
    }

    private static int[] prompt(Arch arch, int tokens) {
        return Randoms.tokens(SEED, tokens, MODELS.get(arch).info().vocabularySize());
    }

    private static GenerateOptions greedy() {
        return GenerateOptions.builder().maxTokens(8).sampler(SamplerOptions.greedy()).build();
    }

    private static int[] continuation(Sequence sequence) {
        try (Generation generation = sequence.generate(new int[] {1, 2, 3}, greedy())) {
            return generation.result().tokens();
        }
    }
}
