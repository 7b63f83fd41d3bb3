package io.github.llamaffm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.KvCacheInfo;
import io.github.llamaffm.Model;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.PlainCalls;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.Randoms;
import io.github.llamaffm.support.Rows;
import io.github.llamaffm.support.TestFiles;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences of a model with attention only, compared with plain calls of llama.h. */
class SequenceIT {

    private static final int VOCABULARY = 1000;

    private static Model model;

    @BeforeAll
    static void load() {
        model = Model.load(TestFiles.model());
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @Test
    void removedShiftedAndDiscardedTokensGiveTheLogitsOfPlainCalls() {
        int[] tokens = tokens(60);
        try (Context context = context(1, true); Context other = context(1, true)) {
            Sequence sequence = context.newSequence();
            PlainCalls plain = new PlainCalls(other);
            sequence.append(tokens);
            plain.decode(0, 0, tokens);

            sequence.remove(10, 20);
            plain.remove(0, 10, 20);
            assertThat(sequence.length()).isEqualTo(50);
            assertThat(sequence.position(10)).isEqualTo(20);
            assertThat(sequence.nextPosition()).isEqualTo(60);
            assertThat(Rows.next(sequence, 5)).isEqualTo(plain.decode(0, 60, 5));

            sequence.shift(10, 51, -4);
            plain.shift(0, 20, 61, -4);
            assertThat(sequence.position(10)).isEqualTo(16);
            assertThat(Rows.next(sequence, 6)).isEqualTo(plain.decode(0, 57, 6));

            sequence.discard(4, 12);
            plain.remove(0, 4, 18);
            plain.shift(0, 18, 58, -14);
            assertThat(sequence.position(4)).isEqualTo(4);
            assertThat(sequence.length()).isEqualTo(44);
            assertThat(Rows.next(sequence, 7)).isEqualTo(plain.decode(0, 44, 7));

            sequence.truncate(30);
            plain.remove(0, 30, -1);
            assertThat(Rows.next(sequence, 8)).isEqualTo(plain.decode(0, 30, 8));
        }
    }

    @Test
    void aSequenceOfOneTokenGenerates() {
        GenerateOptions options = GenerateOptions.builder().maxTokens(5).sampler(SamplerOptions.greedy()).build();
        int[] other = tokens(9);
        try (Context context = context(3, true); Sequence sequence = context.newSequence(); Sequence more = context.newSequence()) {
            int[] expected = context.generate(new int[] {7}, options).result().tokens();
            sequence.append(7);
            more.append(other);

            assertThat(sequence.generate(new int[0], options).result().tokens()).isEqualTo(expected);
            assertThat(sequence.tokens()).startsWith(7).hasSize(6);
        }
    }

    /** Any order of operations leaves tokens and positions as a list of them would be, and a context that goes on. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void keepsTokensAndPositionsThroughAnyOperations(long seed) {
        Random random = new Random(seed);
        try (Context context = context(3, true)) {
            Sequence sequence = context.newSequence();
            PositionModel expected = new PositionModel();
            for (int step = 0; step < 60; step++) {
                int length = sequence.length();
                int from = random.nextInt(length + 1);
                int to = from + random.nextInt(length - from + 1);
                switch (random.nextInt(6)) {
                    case 0 -> {
                        sequence.remove(from, to);
                        expected.remove(from, to);
                    }
                    case 1 -> {
                        sequence.discard(from, to);
                        expected.discard(from, to);
                    }
                    case 2 -> {
                        int by = random.nextInt(5) - 2;
                        if (expected.canShift(from, to, by)) {
                            sequence.shift(from, to, by);
                            expected.shift(from, to, by);
                        }
                    }
                    case 3 -> {
                        int cut = length - random.nextInt(Math.min(length, 5) + 1);
                        sequence.truncate(cut);
                        expected.remove(cut, length);
                    }
                    case 4 -> {
                        // What follows is a fork, which owns its cells once the origin is closed.
                        Sequence fork = sequence.fork();
                        sequence.close();
                        sequence = fork;
                    }
                    default -> {
                        int[] more = random.ints(1 + random.nextInt(8), 0, VOCABULARY).toArray();
                        if (length + more.length < 200) {
                            sequence.append(more);
                            expected.append(more);
                        }
                    }
                }
                assertThat(sequence.tokens()).as("seed %d, step %d", seed, step).isEqualTo(expected.tokens());
                for (int i = 0; i < sequence.length(); i++) {
                    assertThat(sequence.position(i)).as("seed %d, step %d", seed, step).isEqualTo(expected.position(i));
                }
                assertThat(sequence.nextPosition()).isEqualTo(expected.next());
            }
            sequence.append(1);
        }
    }

    @Test
    void forksShareTheirCells() {
        try (Context context = context(4, true)) {
            Sequence origin = context.newSequence();
            origin.append(tokens(200));
            Sequence first = origin.fork();
            Sequence second = first.fork();
            Sequence third = origin.fork();

            first.append(tokens(20));
            second.append(tokens(20));
            assertThatExceptionOfType(NoKvSpaceException.class).isThrownBy(() -> third.append(tokens(17)))
                    .satisfies(e -> assertThat(e.free()).isEqualTo(16));
            third.append(tokens(16));
            assertThatExceptionOfType(NoKvSpaceException.class).isThrownBy(() -> origin.append(1));
            assertThatIllegalStateException().isThrownBy(origin::fork).withMessageContaining("all 4 sequences");

            // Cells are free once nobody shares them.
            first.close();
            origin.append(tokens(20));
            origin.clear();
            assertThatExceptionOfType(NoKvSpaceException.class).isThrownBy(() -> second.append(tokens(21)))
                    .satisfies(e -> assertThat(e.free()).isEqualTo(20));
            assertThat(second.length()).isEqualTo(220);
        }
    }

    @Test
    void forksCopyNoTensorDataOnAUnifiedCacheAndOneStreamEachElse() {
        for (boolean unified : new boolean[] {true, false}) {
            try (Context context = context(2, unified)) {
                Sequence origin = context.newSequence();
                origin.append("The capital of France is");
                Sequence fork = origin.fork();

                KvCacheInfo info = context.kvCache();
                assertThat(context.perf().forks()).isEqualTo(1);
                assertThat(context.perf().copiedBytes()).isEqualTo(unified ? 0 : info.bytes() / info.streams());
                assertThat(text(fork)).isEqualTo(" Paris.");
                assertThat(text(origin)).isEqualTo(" Paris.");
            }
        }
    }

    @Test
    void aForkIsItsOwn() {
        try (Context context = context(3, true)) {
            Sequence origin = context.newSequence();
            origin.append("The capital of France is");
            int length = origin.length();
            Sequence fork = origin.fork();
            fork.truncate(3);
            fork.remove(0, 1);
            Sequence third = origin.fork();
            third.append(" not");

            assertThat(origin.length()).isEqualTo(length);
            assertThat(text(origin)).isEqualTo(" Paris.");
            origin.close();
            assertThat(third.length()).isEqualTo(length + 1);
            assertThat(fork.length()).isEqualTo(2);
            fork.append(tokens(3));
            assertThat(fork.nextPosition()).isEqualTo(6);
        }
    }

    /** The last token of a generation is in the history, but it is computed with what follows. */
    @Test
    void operatesOnATokenThatIsNotComputedYet() {
        try (Context context = context(2, true)) {
            Sequence sequence = context.newSequence();
            int[] generated = sequence.generate("The capital of France is", greedy(3)).result().tokens();
            int length = sequence.length();
            assertThat(sequence.tokens()).endsWith(generated);
            assertThat(sequence.nextPosition()).isEqualTo(length);

            Sequence fork = sequence.fork();
            assertThat(fork.tokens()).isEqualTo(sequence.tokens());
            String rest = fork.generate(new int[0], greedy(4)).result().text();
            fork.clear();
            assertThat(fork.generate("The capital of France is", greedy(7)).result().text()).endsWith(rest);
            fork.close();

            sequence.discard(2, 4);
            assertThat(sequence.position(length - 3)).isEqualTo(length - 3);
            sequence.remove(length - 3, length - 2);
            assertThat(sequence.nextPosition()).isEqualTo(length - 3);
            sequence.append(1);
            assertThat(sequence.length()).isEqualTo(length - 2);
        }
    }

    @Test
    void refusesWhatLlamaCppWouldAbortOn() {
        try (Context context = context(2, true)) {
            Sequence sequence = context.newSequence();
            sequence.append(tokens(5));
            for (Runnable misuse : new Runnable[] {
                    () -> sequence.remove(-1, 2), () -> sequence.remove(3, 2), () -> sequence.remove(0, 6),
                    () -> sequence.discard(2, 6), () -> sequence.shift(-1, 2, 1), () -> sequence.truncate(6),
                    () -> sequence.canTruncate(-1), () -> sequence.canRemove(2, 9), () -> sequence.canShift(4, 6),
                    () -> sequence.position(5), () -> sequence.position(-1)}) {
                assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(misuse::run);
            }
            assertThat(sequence.length()).isEqualTo(5);
            sequence.close();
            for (Runnable use : new Runnable[] {
                    sequence::fork, sequence::keepOnly, () -> sequence.remove(0, 1), () -> sequence.canTruncate(0),
                    () -> sequence.shift(0, 1, 1), () -> sequence.discard(0, 1), () -> sequence.canShift()}) {
                assertThatIllegalStateException().isThrownBy(use::run).withMessageContaining("closed");
            }
        }
    }

    @Test
    void movesTokensFromAVirtualThread() throws Exception {
        try (Context context = context(2, false)) {
            FutureTask<String> task = new FutureTask<>(() -> {
                Sequence sequence = context.newSequence();
                sequence.append("The capital of France is");
                sequence.shift(0, sequence.length(), 100);
                return text(sequence.fork());
            });
            Thread.ofVirtual().start(task);

            assertThat(task.get()).isEqualTo(" Paris.");
        }
    }

    private static Context context(int sequences, boolean unified) {
        return model.newContext(ContextOptions.builder()
                .contextSize(256).maxSequences(sequences).unifiedCache(unified).threads(1).build());
    }

    private static int[] tokens(int count) {
        return Randoms.tokens(count, count, VOCABULARY);
    }

    private static GenerateOptions greedy(int tokens) {
        return GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy()).build();
    }

    private static String text(Sequence sequence) {
        return sequence.generate(new int[0], greedy(2)).result().text();
    }

    /** Tokens with their positions, in the plainest way. */
    private static final class PositionModel {

        private int[][] items = {};

        void append(int... tokens) {
            for (int token : tokens) {
                int[][] longer = Arrays.copyOf(items, items.length + 1);
                longer[items.length] = new int[] {token, next()};
                items = longer;
            }
        }

        void remove(int from, int to) {
            int[][] rest = new int[items.length - (to - from)][];
            System.arraycopy(items, 0, rest, 0, from);
            System.arraycopy(items, to, rest, from, items.length - to);
            items = rest;
        }

        void discard(int from, int to) {
            int before = from == 0 ? 0 : items[from - 1][1] + 1;
            remove(from, to);
            if (from < items.length) {
                shift(from, items.length, before - items[from][1]);
            }
        }

        boolean canShift(int from, int to, int by) {
            return from == to
                    || items[from][1] + by >= (from == 0 ? 0 : items[from - 1][1] + 1)
                            && (to == items.length || items[to - 1][1] + by < items[to][1]);
        }

        void shift(int from, int to, int by) {
            for (int i = from; i < to; i++) {
                items[i][1] += by;
            }
        }

        int next() {
            return items.length == 0 ? 0 : items[items.length - 1][1] + 1;
        }

        int[] tokens() {
            return Arrays.stream(items).mapToInt(item -> item[0]).toArray();
        }

        int position(int index) {
            return items[index][1];
        }
    }
}
