package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.bindings.generated.lf_cancel;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.Rows;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A decode that is stopped in the middle leaves every sequence as long as it was, and what is computed next is what would have
 * been computed without the stop. The stop comes at a poll that the test chooses, in whatever layer and ubatch that is.
 */
class RollbackIT {

    private static final int UBATCH = 16;

    private static final int STOPS = 3;

    /** Cells that come back from a checkpoint may lie in another order, and a sum of floats depends on its order. */
    private static final float WINDOW_TOLERANCE = 1e-4f;

    private static final long SEED = 20250925;

    @TempDir
    private static Path folder;

    /** A model of upstream's, and the kind of its memory. */
    enum Tiny {
        LLAMA("llama-dense", MemoryKind.ATTENTION),
        GEMMA3("gemma3-dense", MemoryKind.SLIDING_WINDOW),
        MAMBA("mamba-dense", MemoryKind.RECURRENT),
        JAMBA("jamba-dense", MemoryKind.HYBRID),
        QWEN3NEXT("qwen3next-moe", MemoryKind.HYBRID);

        private final String file;
        private final MemoryKind kind;

        Tiny(String file, MemoryKind kind) {
            this.file = file;
            this.kind = kind;
        }

        Model load() {
            return Model.load(folder.resolve(file + ".gguf"));
        }

        /** Tokens that are there before. */
        int start() {
            return 70;
        }

        /** Tokens that are stopped: where there is a window, it moves on over all of its cells, which are at least 256. */
        int more() {
            return kind == MemoryKind.SLIDING_WINDOW ? 500 : 100;
        }

        boolean keepsAState() {
            return kind == MemoryKind.RECURRENT || kind == MemoryKind.HYBRID;
        }
    }

    @BeforeAll
    static void make() {
        RandomModels.make("^(llama|gemma3|mamba|jamba|qwen3next)$", folder);
    }

    private static NativeContext open(Model model, boolean unified) {
        return (NativeContext) model.newContext(ContextOptions.builder()
                .contextSize(3072).batchSize(1024).ubatchSize(UBATCH).maxSequences(3).unifiedCache(unified).threads(1).build());
    }

    private static int[] tokens(Random random, int count) {
        return IntStream.generate(() -> random.nextInt(128)).limit(count).toArray();
    }

    /** A prompt of many ubatches, as {@code append} and {@code generate} compute it: part by part. */
    @ParameterizedTest
    @EnumSource
    void aStoppedPromptIsAsIfItHadNotBeen(Tiny tiny) {
        Random random = new Random(SEED);
        int[] start = tokens(random, tiny.start());
        int[] more = tokens(random, tiny.more());
        try (Model model = tiny.load(); NativeContext context = open(model, true); NativeContext other = open(model, true)) {
            assertThat(context.kvCache().kind()).isEqualTo(tiny.kind);
            NativeSequence undisturbed = (NativeSequence) other.newSequence();
            undisturbed.append(start);
            int polls = pollsOf(other, () -> undisturbed.append(more));
            float[] expected = Rows.next(undisturbed, 5);

            NativeSequence sequence = (NativeSequence) context.newSequence();
            sequence.append(start);
            for (int at : stops(random, polls)) {
                context.flag().stopAfter(at);
                assertThatExceptionOfType(CancelledException.class)
                        .as("seed %d, stopped at poll %d of %d", SEED, at, polls)
                        .isThrownBy(() -> sequence.append(more));
                assertThat(context.flag().pollsLeft()).isZero();
                assertThat(sequence.tokens()).isEqualTo(start);
            }
            sequence.append(more);

            assertSame(tiny, Rows.next(sequence, 5), expected);
        }
    }

    /** Rows of three sequences, one of them with a single row, in one native call of several ubatches. */
    @ParameterizedTest
    @EnumSource
    void aStoppedBatchIsAsIfItHadNotBeen(Tiny tiny) {
        for (boolean unified : new boolean[] {true, false}) {
            Random random = new Random(SEED);
            List<int[]> starts = List.of(tokens(random, tiny.start()), tokens(random, 1), tokens(random, 30));
            List<int[]> more = List.of(tokens(random, tiny.more()), tokens(random, 50), tokens(random, 1));
            try (Model model = tiny.load();
                    NativeContext context = open(model, unified);
                    NativeContext other = open(model, unified)) {
                List<NativeSequence> undisturbed = lease(other, starts);
                int polls = pollsOf(other, () -> other.decode(batch(other, undisturbed, more)));

                List<NativeSequence> sequences = lease(context, starts);
                for (int at : stops(random, polls)) {
                    Batch batch = batch(context, sequences, more);
                    context.flag().stopAfter(at);
                    assertThatExceptionOfType(CancelledException.class)
                            .as("seed %d, stopped at poll %d of %d", SEED, at, polls)
                            .isThrownBy(() -> context.decode(batch));
                    assertThat(context.flag().pollsLeft()).isZero();
                    for (int i = 0; i < starts.size(); i++) {
                        assertThat(sequences.get(i).tokens()).isEqualTo(starts.get(i));
                    }
                }
                context.decode(batch(context, sequences, more));

                for (int i = 0; i < sequences.size(); i++) {
                    assertSame(tiny, Rows.next(sequences.get(i), 5), Rows.next(undisturbed.get(i), 5));
                }
            }
        }
    }

    /** Where a checkpoint of each token would be needed, a stop waits for the token's end. */
    @ParameterizedTest
    @EnumSource
    void aStateIsNotStoppedInTheMiddleOfAToken(Tiny tiny) {
        try (Model model = tiny.load(); NativeContext context = open(model, true)) {
            NativeSequence sequence = (NativeSequence) context.newSequence();
            sequence.append(tokens(new Random(SEED), tiny.start()));
            context.flag().stopAfter(3);
            if (tiny.keepsAState()) {
                sequence.append(7);
                assertThat(context.flag().pollsLeft()).isEqualTo(3);
            } else {
                assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> sequence.append(7));
                assertThat(context.flag().pollsLeft()).isZero();
            }
            assertThat(sequence.length()).isEqualTo(tiny.keepsAState() ? tiny.start() + 1 : tiny.start());
        }
    }

    /**
     * Where llama.cpp ends in the middle of a token all the same, as it does when the process ends, a state is half written: its
     * sequence is cleared, and that is said.
     */
    @ParameterizedTest
    @EnumSource
    void aLostStateIsClearedAndSaysSo(Tiny tiny) {
        int[] start = tokens(new Random(SEED), tiny.start());
        try (Model model = tiny.load(); NativeContext context = open(model, true)) {
            NativeSequence lost = (NativeSequence) context.newSequence();
            NativeSequence fresh = (NativeSequence) context.newSequence();
            lost.append(start);
            lf_cancel.stop_after(context.flag().struct(), tiny.keepsAState() ? 9 : 0);
            context.flag().stopAfter(tiny.keepsAState() ? 0 : 9);

            var thrown = assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> lost.append(7));
            if (tiny.keepsAState()) {
                thrown.withMessageContaining("sequence 0 could not go back and was cleared");
                assertThat(lost.length()).isZero();
                lost.append(start);
            } else {
                thrown.withMessageNotContaining("cleared");
                assertThat(lost.tokens()).isEqualTo(start);
            }
            fresh.append(start);
            assertClose(Rows.next(lost, 5), Rows.next(fresh, 5));
        }
    }

    /** Forks share cells and states: what is stopped in one of them leaves the other one alone. */
    @ParameterizedTest
    @EnumSource
    void aForkDoesNotNotice(Tiny tiny) {
        Random random = new Random(SEED);
        int[] start = tokens(random, tiny.start());
        int[] more = tokens(random, tiny.more());
        try (Model model = tiny.load(); NativeContext context = open(model, true); NativeContext other = open(model, true)) {
            NativeSequence sequence = (NativeSequence) context.newSequence();
            sequence.append(start);
            NativeSequence fork = (NativeSequence) sequence.fork();
            for (int at : new int[] {1, 60, 150}) {
                context.flag().stopAfter(at);
                assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> sequence.append(more));
                assertThat(sequence.tokens()).isEqualTo(start);
                assertThat(fork.tokens()).isEqualTo(start);
            }
            NativeSequence undisturbed = (NativeSequence) other.newSequence();
            undisturbed.append(start);
            NativeSequence itsFork = (NativeSequence) undisturbed.fork();

            assertClose(Rows.next(fork, 5), Rows.next(itsFork, 5));
            sequence.append(more);
            undisturbed.append(more);
            assertClose(Rows.next(sequence, 6), Rows.next(undisturbed, 6));
            assertClose(Rows.next(fork, 6), Rows.next(itsFork, 6));
        }
    }

    /** What a stopped generation leaves is what was there before its prompt. */
    @ParameterizedTest
    @EnumSource
    void aStoppedGenerationLeavesWhatWasThere(Tiny tiny) {
        Random random = new Random(SEED);
        int[] start = tokens(random, tiny.start());
        int[] more = tokens(random, tiny.more());
        GenerateOptions greedy = GenerateOptions.builder().maxTokens(8).sampler(SamplerOptions.greedy()).build();
        try (Model model = tiny.load(); NativeContext context = open(model, true)) {
            NativeSequence sequence = (NativeSequence) context.newSequence();
            sequence.append(start);
            context.flag().stopAfter(200);
            try (Generation generation = sequence.generate(more, greedy)) {
                assertThat(generation.result().reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(generation.result().tokens()).isEmpty();
            }
            assertThat(context.flag().pollsLeft()).isZero();
            assertThat(sequence.tokens()).isEqualTo(start);

            int[] answer;
            try (Generation generation = sequence.generate(more, greedy)) {
                answer = generation.result().tokens();
            }
            try (NativeContext other = open(model, true); Sequence undisturbed = other.newSequence()) {
                undisturbed.append(start);
                try (Generation generation = undisturbed.generate(more, greedy)) {
                    assertThat(answer).isEqualTo(generation.result().tokens());
                }
            }
        }
    }

    /** A stopped run of the encoder leaves the output of the run before, and the next run is whole. */
    @Test
    void aStoppedEncodeIsAsIfItHadNotBeen() {
        int[] text = tokens(new Random(SEED), 30);
        try (Model model = Model.load(TinyModel.t5().writeTo(folder.resolve("t5.gguf")));
                NativeContext context = open(model, true); Sequence sequence = context.newSequence();
                Batch first = context.newBatch(); Batch second = context.newBatch()) {
            int start = model.info().decoderStartToken().orElseThrow();
            for (int i = 0; i < UBATCH; i++) {
                first.add(sequence, text[i], false);
                second.add(sequence, text[i] + 1, false);
            }
            context.encode(first);
            float[] ofFirst = Rows.next((NativeSequence) sequence, start);
            sequence.clear();
            context.encode(second);
            float[] ofSecond = Rows.next((NativeSequence) sequence, start);
            assertThat(ofSecond).isNotEqualTo(ofFirst);

            sequence.clear();
            context.flag().stopAfter(20);
            assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> context.encode(first));
            assertThat(context.flag().pollsLeft()).isZero();
            assertThat(Rows.next((NativeSequence) sequence, start)).isEqualTo(ofSecond);
            sequence.clear();
            context.encode(first);
            assertThat(Rows.next((NativeSequence) sequence, start)).isEqualTo(ofFirst);
        }
    }

    private static int pollsOf(NativeContext context, Runnable work) {
        context.flag().stopAfter(Integer.MAX_VALUE);
        work.run();
        int polls = Integer.MAX_VALUE - context.flag().pollsLeft();
        context.flag().stopAfter(0);
        assertThat(polls).isGreaterThan(100);
        return polls;
    }

    /** The first poll, the last one, and some between. */
    private static int[] stops(Random random, int polls) {
        return IntStream.concat(IntStream.of(1, polls), random.ints(STOPS, 2, polls)).toArray();
    }

    private static List<NativeSequence> lease(NativeContext context, List<int[]> starts) {
        List<NativeSequence> sequences = new ArrayList<>();
        for (int[] start : starts) {
            NativeSequence sequence = (NativeSequence) context.newSequence();
            sequence.append(start);
            sequences.add(sequence);
        }
        return sequences;
    }

    private static Batch batch(NativeContext context, List<NativeSequence> sequences, List<int[]> rows) {
        Batch batch = context.newBatch();
        for (int i = 0; i < sequences.size(); i++) {
            for (int token : rows.get(i)) {
                batch.add(sequences.get(i), token, false);
            }
        }
        return batch;
    }

    /** The logits after one more token. */
    private static void assertSame(Tiny tiny, float[] actual, float[] expected) {
        if (tiny.kind == MemoryKind.SLIDING_WINDOW) {
            assertClose(actual, expected);
        } else {
            assertThat(actual).as("seed %d", SEED).isEqualTo(expected);
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        float most = 0;
        for (int i = 0; i < expected.length; i++) {
            most = Math.max(most, Math.abs(actual[i] - expected[i]));
        }
        assertThat(most).as("seed %d", SEED).isCloseTo(0, within(WINDOW_TOLERANCE));
    }
}
