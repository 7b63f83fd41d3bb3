package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.support.Rows;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.Randoms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Adapters, shifts, forks, states, embeddings, batches and cancellations in any order, in every kind of memory: sequences stay
 * what native code has of them, and compute what a new context computes of their tokens.
 */
class TogetherIT {

    private static final int VOCABULARY = 128;
    private static final int SEEDS = 3;
    private static final int STEPS = 120;

    /** A longer sequence gets no more. */
    private static final int MOST = 150;

    @TempDir
    private static Path folder;

    private static final Map<String, Model> MODELS = new HashMap<>();

    @BeforeAll
    static void load() {
        RandomModels.make("^(llama|gemma3|mamba|jamba)$", folder);
        for (String name : List.of("llama", "gemma3", "mamba", "jamba")) {
            MODELS.put(name, Model.load(RandomModels.find(name, folder)));
        }
    }

    @AfterAll
    static void unload() {
        MODELS.values().forEach(Model::close);
    }

    @ParameterizedTest
    @CsvSource({"llama, true", "llama, false", "gemma3, true", "gemma3, false", "mamba, true", "jamba, true", "jamba, false"})
    void anyOrderOfEverything(String name, boolean unified) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try (ThreadPool pool = ThreadPool.of(1); Run run = new Run(MODELS.get(name), unified, seed, pool)) {
                for (int step = 0; step < STEPS; step++) {
                    run.step();
                    run.check();
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("%s, unified %s, seed %d".formatted(name, unified, seed), e);
            }
        }
    }

    private static final class Run implements AutoCloseable {

        private final Model model;
        private final Random random;
        private final NativeContext context;
        private final List<NativeSequence> open = new ArrayList<>();
        private final List<Generation> generations = new ArrayList<>();

        /** Those whose cells were moved, so that their numbers are not those of a new context. */
        private final Set<Sequence> moved = new HashSet<>();
        private final Map<Long, Adapters> adapters = new HashMap<>();
        private final ContextOptions options;
        private final StringBuilder steps = new StringBuilder();

        Run(Model model, boolean unified, long seed, ThreadPool pool) {
            this.model = model;
            this.random = new Random(seed);
            this.options = ContextOptions.builder().contextSize(unified ? 512 : 1024).batchSize(32).ubatchSize(16).maxSequences(4)
                    .unifiedCache(unified).recurrentRollback(seed % 2 == 0 ? 4 : 0).fullSlidingWindow(seed % 3 == 0)
                    .threadPool(pool).adapterMismatch(AdapterMismatch.REEVALUATE).build();
            this.context = (NativeContext) model.newContext(options);
            for (float strength : new float[] {0, 0.02f, -0.03f}) {
                float[][] numbers = new float[model.info().layerCount() - 1][model.info().embeddingSize()];
                for (float[] layer : numbers) {
                    Arrays.fill(layer, strength);
                }
                Adapters value = strength == 0 ? Adapters.none() : Adapters.of(ControlVector.of(numbers), 1);
                adapters.put(value.fingerprint(), value);
            }
        }

        void step() {
            if (open.size() < 3) {
                open.add((NativeSequence) context.newSequence());
            }
            NativeSequence sequence = any();
            int length = sequence.length();
            int from = random.nextInt(length + 1);
            int to = from + random.nextInt(length - from + 1);
            int what = random.nextInt(14);
            steps.append("\n%d of %d with %d tokens, %d to %d".formatted(what, sequence.id(), length, from, to));
            context.flag().stopAfter(random.nextInt(4) == 0 ? 1 + random.nextInt(60) : 0);
            try {
                act(what, sequence, length, from, to);
            } catch (NoKvSpaceException | CancelledException | UnsupportedMemoryException e) {
                steps.append(" ").append(e);
            } catch (IllegalStateException | IllegalArgumentException e) {
                assertThat(e.getMessage()).as("%s", steps)
                        .matches("(?s).*(was an embedding|changed since|leased|negative or out of order|already).*");
            } finally {
                context.flag().stopAfter(0);
            }
        }

        private void act(int what, NativeSequence sequence, int length, int from, int to) {
            switch (what) {
                case 0, 1 -> {
                    if (length < MOST) {
                        sequence.append(Randoms.tokens(random.nextLong(), 1 + random.nextInt(40), VOCABULARY));
                    }
                }
                case 2, 3, 4 -> generate(sequence);
                case 5 -> sequence.truncate(Math.max(0, length - random.nextInt(6)));
                case 6 -> {
                    moved.add(sequence);
                    switch (random.nextInt(3)) {
                        case 0 -> sequence.remove(from, to);
                        case 1 -> sequence.discard(from, to);
                        default -> sequence.shift(from, to, random.nextInt(7) - 3);
                    }
                }
                case 7 -> {
                    NativeSequence fork = (NativeSequence) sequence.fork();
                    open.add(fork);
                    copyMoved(sequence, fork);
                }
                case 8 -> {
                    NativeSequence target = any();
                    byte[] state = sequence.save();
                    target.restore(state);
                    copyMoved(sequence, target);
                }
                case 9 -> context.adapters(anyAdapters());
                case 10 -> batch(false);
                case 11 -> {
                    if (random.nextInt(3) == 0) {
                        batch(true);
                    }
                }
                case 12 -> {
                    if (random.nextInt(3) == 0) {
                        sequence.keepOnly();
                    } else {
                        sequence.close();
                        open.remove(sequence);
                    }
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        wholeState();
                    } else {
                        generations.add(context.generate(Randoms.tokens(random.nextLong(), 20, VOCABULARY),
                                GenerateOptions.builder().maxTokens(9).adapters(anyAdapters()).build()));
                        generations.getLast().iterator().hasNext();
                    }
                }
            }
        }

        private void generate(NativeSequence sequence) {
            boolean shifts = random.nextInt(3) == 0 && context.cache().canRemove() && context.cache().info().canShift();
            if (!shifts && sequence.length() > MOST) {
                return;
            }
            if (shifts) {
                moved.add(sequence);
            }
            GenerateOptions.Builder generateOptions = GenerateOptions.builder().maxTokens(1 + random.nextInt(shifts ? 120 : 12))
                    .sampler(SamplerOptions.of(new SamplerSpec.Penalties(64, 1.1f, 0, 0), new SamplerSpec.Greedy()))
                    .whenFull(shifts ? new WhenFull.Shift(random.nextInt(20), OptionalInt.empty()) : new WhenFull.Stop());
            if (random.nextBoolean()) {
                generateOptions.adapters(anyAdapters());
            }
            int[] prompt = sequence.length() > 0 && random.nextInt(3) == 0
                    ? new int[0]
                    : Randoms.tokens(random.nextLong(), 1 + random.nextInt(40), VOCABULARY);
            Generation generation = sequence.generate(prompt, generateOptions.build());
            generations.add(generation);
            if (random.nextBoolean()) {
                generation.result();
            } else {
                Iterator<String> pieces = generation.iterator();
                for (int i = 0; i < 3 && pieces.hasNext(); i++) {
                    pieces.next();
                }
            }
        }

        private void batch(boolean embeddings) {
            try (Batch batch = context.newBatch()) {
                for (NativeSequence sequence : List.copyOf(open)) {
                    for (int i = random.nextInt(7); i > 0 && sequence.length() < MOST; i--) {
                        if (embeddings) {
                            float[] numbers = new float[model.info().inputEmbeddingSize()];
                            Arrays.fill(numbers, random.nextFloat());
                            batch.add(sequence, numbers, false);
                        } else {
                            batch.add(sequence, random.nextInt(VOCABULARY), i == 1);
                        }
                    }
                }
                if (batch.size() > 0) {
                    context.decode(batch);
                }
            }
        }

        private void wholeState() {
            byte[] state = context.saveState();
            Set<Integer> ids = new HashSet<>();
            moved.forEach(sequence -> ids.add(((NativeSequence) sequence).id()));
            open.forEach(Sequence::close);
            open.clear();
            moved.clear();
            context.loadState(state).forEach(sequence -> {
                open.add((NativeSequence) sequence);
                if (ids.contains(((NativeSequence) sequence).id())) {
                    moved.add(sequence);
                }
            });
        }

        private void copyMoved(Sequence from, Sequence to) {
            if (moved.contains(from)) {
                moved.add(to);
            } else {
                moved.remove(to);
            }
        }

        void check() {
            assertThat(context.isPoisoned()).isFalse();
            for (NativeSequence sequence : open) {
                int decoded = sequence.decoded();
                assertThat(decoded).as("%s", steps).isBetween(0, sequence.length());
                assertThat(LlamaFfm.llama_memory_seq_pos_max(LlamaFfm.llama_get_memory(context.pointer()), sequence.id())).as("%s", steps)
                        .isEqualTo(decoded == 0 ? -1 : sequence.position(decoded - 1));
                if (sequence.length() == 0) {
                    moved.remove(sequence);
                }
            }
            if (!open.isEmpty() && random.nextInt(6) == 0) {
                compare(any());
            }
        }

        private void compare(NativeSequence sequence) {
            int length = sequence.length();
            if (moved.contains(sequence) || length == 0 || length > MOST || Arrays.stream(sequence.tokens()).anyMatch(it -> it < 0)
                    || open.size() == 4) {
                return;
            }
            Adapters here = adapters.get(sequence.adaptersFingerprint());
            steps.append("\ncompares %d with %016x".formatted(sequence.id(), here.fingerprint()));
            float[] expected;
            try (Context other = model.newContext(options.toBuilder().adapters(here).build()); Sequence plain = other.newSequence()) {
                plain.append(sequence.tokens());
                expected = Rows.next(plain, 5);
            }
            context.adapters(here);
            float[] actual;
            // What generates by itself may have the last free sequence.
            generations.forEach(Generation::close);
            try (Sequence fork = sequence.fork()) {
                actual = Rows.next(fork, 5);
            } catch (NoKvSpaceException e) {
                return;
            }
            float most = 0;
            for (float value : expected) {
                most = Math.max(most, Math.abs(value));
            }
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).as("%s", steps).isCloseTo(expected[i], offset(most * 0.01f));
            }
        }

        private NativeSequence any() {
            return open.get(random.nextInt(open.size()));
        }

        private Adapters anyAdapters() {
            return List.copyOf(adapters.values()).get(random.nextInt(adapters.size()));
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
