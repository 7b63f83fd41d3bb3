package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.support.NativeFrames;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of an application: everything made from a model is closed with it. */
class ShutdownIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final ContextOptions SMALL = ContextOptions.builder().contextSize(256).threads(1).maxSequences(2).build();

    @Test
    void closesEverythingThatIsOpen() {
        Model model = Model.load(TestFiles.model());
        Context first = model.newContext(SMALL);
        Context second = model.newContext(SMALL);
        Sampler sampler = model.newSampler(SamplerOptions.greedy());
        Embedder embedder = model.newEmbedder();
        Sequence sequence = first.newSequence();
        sequence.append("The capital of France is");
        Generation generation = sequence.generate(" Paris", GenerateOptions.defaults());
        Iterator<String> pieces = generation.iterator();
        pieces.next();
        assertThatIllegalStateException().isThrownBy(model::close).withMessageContaining("3 contexts, 1 sampler");

        model.shutdown(LONG);

        assertThat(List.of(model.isClosed(), first.isClosed(), second.isClosed())).containsOnly(true);
        assertThatIllegalStateException().isThrownBy(() -> sequence.append(1));
        assertThatIllegalStateException().isThrownBy(() -> embedder.embed("Hello"));
        assertThatIllegalStateException().isThrownBy(() -> sampler.accept(1));
        assertThatIllegalStateException().isThrownBy(second::newSequence);
        assertThatIllegalStateException().isThrownBy(model::newContext);
        generation.close();
        embedder.close();
        sequence.close();
        sampler.close();
        first.close();
        model.close();
        model.shutdown(Duration.ZERO);
    }

    @Test
    void endsWhatIsRunning() throws Exception {
        Model model = Model.load(TestFiles.model());
        Context context = model.newContext(ContextOptions.builder().contextSize(8192).threads(1).build());
        var work = new FutureTask<>(() -> {
            try (Generation generation = context.generate("A long prompt, word for word. ".repeat(800), GenerateOptions.defaults())) {
                return generation.result().reason();
            }
        });
        Thread.ofPlatform().start(work);
        NativeFrames.await("lf_decode", work::isDone);

        model.shutdown(LONG);

        assertThat(model.isClosed()).isTrue();
        try {
            assertThat(work.get()).isEqualTo(FinishReason.CANCELLED);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    /** A call that is under way needs its model to the end: it ends as cancelled, not with the error of a call that comes too late. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isACancellationForACallThatIsUnderWay(boolean virtual) throws Exception {
        Model model = Model.load(TestFiles.model());
        Context context = model.newContext(SMALL);
        List<String> texts = new ArrayList<>();
        FutureTask<Void> ending = new FutureTask<>(() -> {
            model.shutdown(LONG);
            return null;
        });
        CandidateSampler slow = candidates -> {
            Thread.ofPlatform().start(ending);
            while (!refusesNewContexts(model)) {
                Thread.onSpinWait();
            }
            texts.add(model.tokenizer().decode(1, 2, 3));
        };
        FutureTask<GenerationResult> work = new FutureTask<>(() -> {
            try (Generation generation = context.generate("Once upon a time", GenerateOptions.builder()
                    .sampler(SamplerOptions.of(new SamplerSpec.Custom(() -> slow), new SamplerSpec.Greedy())).build())) {
                return generation.result();
            }
        });
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(work);

        assertThat(work.get().reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(texts).hasSize(1);
        ending.get();
        assertThatIllegalStateException().isThrownBy(() -> context.generate("Once upon a time"))
                .withMessage("the model is closed");
    }

    private static boolean refusesNewContexts(Model model) {
        try {
            model.newContext(SMALL).close();
            return false;
        } catch (IllegalStateException e) {
            return e.getMessage().equals("the model is shutting down");
        }
    }

    @Test
    void goesOnAfterTheTimeout() {
        NativeModel model = (NativeModel) Model.load(TestFiles.model(), ModelOptions.builder().vocabularyOnly(true).build());
        model.enter();

        assertThatIllegalStateException()
                .isThrownBy(() -> model.shutdown(Duration.ZERO))
                .withMessageContaining("the model is in use after PT0S");
        assertThatIllegalStateException().isThrownBy(model::newContext);

        model.exit();
        // Returns when it is freed, by whoever does that.
        model.close();
        assertThat(model.isClosed()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> model.shutdown(Duration.ofMillis(-1)));
    }

    /** A call that makes something while the end begins: that is closed too. */
    @Test
    void closesWhatIsMadeMeanwhile() throws Exception {
        Model model = Model.load(TestFiles.model());
        try (ThreadPool pool = ThreadPool.of(1)) {
            var making = new FutureTask<>(() -> model.newContext(SMALL.toBuilder().threadPool(pool).build()));
            var ending = new FutureTask<>(() -> {
                model.shutdown(LONG);
                return null;
            });
            synchronized (pool) {
                Thread maker = Thread.ofPlatform().start(making);
                while (maker.getState() != Thread.State.BLOCKED) {
                    Thread.onSpinWait();
                }
                Thread.ofPlatform().start(ending);
                // It is closed in the eyes of its users while it waits for the call.
                while (!model.isClosed()) {
                    Thread.onSpinWait();
                }
            }
            ending.get();

            assertThat(((NativeModel) model).isFreed()).isTrue();
            try {
                assertThat(making.get().isClosed()).isTrue();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
            }
        }
    }

    /** Whatever comes and goes on other threads: the end comes at a different point in each round. */
    @Test
    void endsWhileContextsAndAdaptersComeAndGo(@TempDir Path folder) throws Exception {
        TinyModel tiny = TinyModel.llama();
        Path file = tiny.writeTo(folder.resolve("model.gguf"));
        Path lora = TinyLora.of(tiny).writeTo(folder.resolve("lora.gguf"));
        for (int round = 0; round < 20; round++) {
            NativeModel model = (NativeModel) Model.load(file);
            Semaphore done = new Semaphore(0);
            try (ThreadPool pool = ThreadPool.of(2)) {
                List<FutureTask<Void>> tasks = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    FutureTask<Void> task = new FutureTask<>(() -> {
                        while (true) {
                            comeAndGo(model, lora, pool, done);
                        }
                    });
                    tasks.add(task);
                    (i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(task);
                }
                done.acquire(round);
                model.shutdown(LONG);

                assertThat(model.isFreed()).as("round %d", round).isTrue();
                for (FutureTask<Void> task : tasks) {
                    assertThatExceptionOfType(ExecutionException.class).isThrownBy(task::get).satisfies(e ->
                            assertThat(e.getCause()).isInstanceOfAny(IllegalStateException.class, CancelledException.class));
                }
            }
        }
    }

    private static void comeAndGo(Model model, Path lora, ThreadPool pool, Semaphore done) {
        ContextOptions options = ContextOptions.builder().contextSize(256).maxSequences(2).unifiedCache(false)
                .adapterMismatch(AdapterMismatch.REEVALUATE).threadPool(pool).build();
        try (Context context = model.newContext(options)) {
            LoraAdapter adapter = model.loadAdapter(lora);
            done.release();
            Sequence sequence = context.newSequence();
            sequence.append(1, 2, 3, 4, 5, 6, 7, 8);
            sequence.discard(1, 3);
            Sequence fork = sequence.fork();
            done.release();
            fork.generate(new int[] {4}, GenerateOptions.builder().maxTokens(20).adapters(Adapters.of(adapter, 1)).build()).result();
            done.release();
            try (Embedder embedder = model.newEmbedder(EmbedderOptions.builder()
                    .context(ContextOptions.builder().batchSize(64).maxSequences(4).threadPool(pool).build()).build())) {
                embedder.embed("Hello");
            }
            done.release();
            sequence.generate(new int[] {4}, GenerateOptions.builder().maxTokens(1).build()).result();
            adapter.close();
        }
    }

    @Test
    void anInterruptEndsTheWaitOnly() {
        NativeModel model = (NativeModel) Model.load(TestFiles.model(), ModelOptions.builder().vocabularyOnly(true).build());
        model.enter();
        Thread.currentThread().interrupt();

        assertThatIllegalStateException().isThrownBy(() -> model.shutdown(LONG));

        assertThat(Thread.interrupted()).isTrue();
        model.exit();
        model.close();
    }
}
