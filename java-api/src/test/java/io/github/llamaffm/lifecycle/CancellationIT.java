package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.NativeFrames;
import io.github.llamaffm.support.TestFiles;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Cancelling takes effect inside a long prefill, and leaves everything as if the cancelled call had not been. */
class CancellationIT {
    private static final String LONG_PROMPT = "A long prompt, word for word. ".repeat(850);
    private static final String START = "The three primary colours are";
    private static final GenerateOptions FEW = options().build();

    private static Model model;
    private static GenerationResult undisturbed;

    @BeforeAll
    static void open() {
        model = Model.load(TestFiles.model());
        try (Context context = newContext(512); Generation generation = context.generate(START, FEW)) {
            undisturbed = generation.result();
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static GenerateOptions.Builder options() {
        return GenerateOptions.builder().maxTokens(16).sampler(SamplerOptions.greedy());
    }

    private static Context newContext(int ubatch) {
        return model.newContext(ContextOptions.builder()
                .contextSize(8192).batchSize(Math.max(2048, ubatch)).ubatchSize(ubatch).maxSequences(2).threads(1).build());
    }

    /** One way to cancel a generation that is running on a thread. */
    record Way(String name, Consumer<Running> cancel) {
        @Override
        public String toString() {
            return name;
        }
    }

    record Running(Thread thread, Generation generation, Cancellation cancellation) {
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                        new Way("Generation.cancel", running -> running.generation.cancel()),
                        new Way("Cancellation.cancel", running -> running.cancellation.cancel()),
                        new Way("Thread.interrupt", running -> running.thread.interrupt()))
                .flatMap(way -> Stream.of(
                        Arguments.of("platform", way, 512),
                        Arguments.of("virtual", way, 512),
                        // The whole prompt is one batch and one graph.
                        Arguments.of("platform", way, 8192),
                        Arguments.of("virtual", way, 8192)))
                // A platform thread sees its interrupt between graphs only.
                .filter(row -> !(row.get()[0].equals("platform") && row.get()[1].toString().endsWith("interrupt")
                        && row.get()[2].equals(8192)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void insidePrefill(String kind, Way way, int ubatch) throws Exception {
        var cancellation = Cancellation.create();
        try (Context context = newContext(ubatch); Sequence sequence = context.newSequence()) {
            sequence.append(START);
            int before = sequence.length();
            try (Generation generation = sequence.generate(LONG_PROMPT, options().cancellation(cancellation).build())) {
                var interrupted = new AtomicBoolean();
                var work = new FutureTask<>(() -> {
                    GenerationResult result = generation.result();
                    interrupted.set(Thread.interrupted());
                    return result;
                });
                Thread thread = (kind.equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform()).start(work);
                NativeFrames.await("lf_decode", work::isDone);
                way.cancel.accept(new Running(thread, generation, cancellation));

                GenerationResult result = work.get();
                assertThat(result.reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(result.tokens()).isEmpty();
                assertThat(result.text()).isEmpty();
                assertThat(interrupted.get()).isEqualTo(way.name.equals("Thread.interrupt"));
            }
            // Were it not inside the prefill that it took effect, the prompt would be here.
            assertThat(sequence.length()).isEqualTo(before);
            assertGoesOn(sequence, context);
        }
    }

    /** The sequence continues as if nothing had been, and so does another one of the same context. */
    private static void assertGoesOn(Sequence sequence, Context context) {
        try (Generation generation = sequence.generate(new int[0], FEW)) {
            assertThat(generation.result().tokens()).isEqualTo(undisturbed.tokens());
        }
        try (Generation generation = context.generate(START, FEW)) {
            assertThat(generation.result().tokens()).isEqualTo(undisturbed.tokens());
        }
    }

    @Test
    void deadlineInsidePrefill() {
        try (Context context = newContext(8192); Sequence sequence = context.newSequence()) {
            sequence.append(START);
            int before = sequence.length();
            try (Generation generation =
                    sequence.generate(LONG_PROMPT, options().timeLimit(Duration.ofMillis(100)).build())) {
                assertThat(generation.result().reason()).isEqualTo(FinishReason.DEADLINE);
            }
            assertThat(sequence.length()).isEqualTo(before);
            assertGoesOn(sequence, context);
        }
    }

    /** Before its start a generation that is cancelled never starts, after its end it is what it was. */
    @Test
    void outsideOfTheGeneration() {
        try (Context context = newContext(512)) {
            try (Generation generation = context.generate(START, FEW)) {
                generation.cancel();
                assertThat(generation.result().reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(generation.result().tokens()).isEmpty();
            }
            var cancelled = Cancellation.create();
            cancelled.cancel();
            try (Generation generation = context.generate(START, options().cancellation(cancelled).build())) {
                assertThat(generation.result().reason()).isEqualTo(FinishReason.CANCELLED);
            }
            try (Generation generation = context.generate(START, FEW)) {
                GenerationResult result = generation.result();
                generation.cancel();
                assertThat(generation.result()).isEqualTo(result);
                assertThat(result.tokens()).isEqualTo(undisturbed.tokens());
            }
        }
    }

    @Test
    void betweenTokens() {
        try (Context context = newContext(512); Sequence sequence = context.newSequence()) {
            try (Generation generation = sequence.generate(START, FEW)) {
                var pieces = generation.iterator();
                String text = pieces.next() + pieces.next();
                generation.cancel();
                assertThat(pieces.hasNext()).isFalse();
                assertThat(generation.result().reason()).isEqualTo(FinishReason.CANCELLED);
                assertThat(generation.result().text()).isEqualTo(text);
                assertThat(undisturbed.text()).startsWith(text);
            }
        }
    }

    /** Leaving after one piece keeps whole tokens only, and the rest of the text can still be made. */
    @Test
    void leftEarly() {
        try (Context context = newContext(512); Sequence sequence = context.newSequence()) {
            String text;
            try (Generation generation = sequence.generate(START, FEW)) {
                text = generation.iterator().next();
            }
            int prompt = model.tokenizer().encode(START, true, true).length;
            int made = sequence.length() - prompt;
            assertThat(made).isPositive();

            int[] rest;
            try (Generation generation = sequence.generate(new int[0], options().maxTokens(16 - made).build())) {
                rest = generation.result().tokens();
            }
            assertThat(undisturbed.tokens()).endsWith(rest);
            assertThat(undisturbed.text()).startsWith(text);

            // A generation that nobody closed is closed by what comes next.
            context.generate("Something else entirely", FEW).iterator().next();
            try (Generation generation = context.generate(START, FEW)) {
                assertThat(generation.result().tokens()).isEqualTo(undisturbed.tokens());
            }
        }
    }

    @Test
    void load() {
        var cancellation = Cancellation.create();
        var options = ModelOptions.builder()
                .cancellation(cancellation)
                .progress(fraction -> cancellation.cancel())
                .build();
        assertThatThrownBy(() -> Model.load(TestFiles.model(), options)).isInstanceOf(CancelledException.class);

        Model.load(TestFiles.model()).close();
    }

    @Test
    void loadByInterrupt() throws Exception {
        var loading = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        var options = ModelOptions.builder()
                .progress(fraction -> {
                    loading.countDown();
                    awaitUninterrupted(cancelled);
                })
                .build();
        var work = new FutureTask<>(() -> {
            assertThatThrownBy(() -> Model.load(TestFiles.model(), options)).isInstanceOf(CancelledException.class);
            return Thread.interrupted();
        });
        Thread thread = Thread.startVirtualThread(work);
        loading.await();
        thread.interrupt();
        // It takes notice of the interrupt, cancels, and waits again.
        while (thread.isInterrupted() || thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        cancelled.countDown();
        assertThat(work.get()).as("still interrupted").isTrue();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("the listener's thread is not the interrupted one", e);
        }
    }

    /** In a JVM with one carrier thread, another virtual thread runs while a first one is inside its prefill. */
    @Test
    void carriersAreNotPinned() {
        ChildJvm.of(OneCarrier.class)
                .options("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1")
                .arguments(TestFiles.model())
                .run()
                .assertSilent();
    }
}
