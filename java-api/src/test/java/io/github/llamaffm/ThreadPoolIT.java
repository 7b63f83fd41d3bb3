package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contexts that compute on the same threads take turns, and can be stopped while they wait for theirs. */
class ThreadPoolIT {

    private static final GenerateOptions GREEDY =
            GenerateOptions.builder().maxTokens(24).sampler(SamplerOptions.greedy()).build();

    @TempDir
    private static Path folder;

    private static Model model;
    private static int[] expected;

    @BeforeAll
    static void load() {
        model = Model.load(TinyModel.llama().writeTo(folder.resolve("tiny.gguf")));
        try (Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(2).build())) {
            expected = generate(context);
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static NativeContext open(ThreadPool pool) {
        return (NativeContext) model.newContext(ContextOptions.builder().contextSize(256).batchSize(32).threadPool(pool).build());
    }

    private static int[] generate(Context context) {
        try (Generation generation = context.generate("One after the other", GREEDY)) {
            return generation.result().tokens();
        }
    }

    /** Two graphs at once on one pool would write over each other. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void contextsTakeTurns(boolean virtual) throws Exception {
        try (ThreadPool pool = ThreadPool.of(2)) {
            List<FutureTask<int[]>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                FutureTask<int[]> task = new FutureTask<>(() -> {
                    try (Context context = open(pool)) {
                        assertThat(context.threads()).isEqualTo(2);
                        generate(context);
                        return generate(context);
                    }
                });
                work.add(task);
                (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
            }
            for (FutureTask<int[]> task : work) {
                assertThat(task.get()).isEqualTo(expected);
            }
        }
    }

    /** The keys of shifted tokens and copies between streams are computed in a turn too. */
    @Test
    void shiftsAndForksTakeTheirTurn() {
        int[] own;
        try (Context context = model.newContext(twoStreams().threads(2).build())) {
            own = shiftAndFork(context);
        }
        try (ThreadPool pool = ThreadPool.of(2); Context context = model.newContext(twoStreams().threadPool(pool).build())) {
            assertThat(shiftAndFork(context)).isEqualTo(own);
            assertThat(pool.waiters()).isZero();
        }
    }

    private static ContextOptions.Builder twoStreams() {
        return ContextOptions.builder().contextSize(512).batchSize(32).maxSequences(2).unifiedCache(false);
    }

    private static int[] shiftAndFork(Context context) {
        try (Sequence sequence = context.newSequence()) {
            sequence.append("Some text that is long enough to lose a part of it");
            sequence.discard(2, 6);
            try (Sequence fork = sequence.fork(); Generation generation = fork.generate(new int[0], GREEDY)) {
                return generation.result().tokens();
            }
        }
    }

    @Test
    void isClosedAfterItsContexts() {
        ThreadPool pool = ThreadPool.of(1);
        assertThat(pool.threads()).isEqualTo(1);
        Context first = open(pool);
        Context second = open(pool);
        assertThatIllegalStateException().isThrownBy(pool::close).withMessageContaining("2 open contexts");
        first.close();
        first.close();
        assertThatIllegalStateException().isThrownBy(pool::close).withMessageContaining("1 open context;");
        second.close();
        pool.close();
        pool.close();
        assertThatIllegalStateException().isThrownBy(() -> open(pool)).withMessageContaining("closed");
    }

    @Test
    void wrongNumbersAreRefused() {
        for (int threads : new int[] {0, -1, 513, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> ThreadPool.of(threads));
        }
        try (ThreadPool pool = ThreadPool.of(1)) {
            ContextOptions options = ContextOptions.builder().threads(3).threadPool(pool).build();
            assertThat(options.threads()).isEmpty();
            assertThat(ContextOptions.builder().threadPool(pool).threads(3).build().threadPool()).isEmpty();
        }
    }

    /** What a thread does to end its wait while another context has the threads. */
    enum Way { CANCEL, INTERRUPT, DEADLINE, CLOSE }

    @Test
    void aWaitIsStopped() throws Exception {
        for (Way way : Way.values()) {
            for (boolean virtual : new boolean[] {false, true}) {
                aWaitIsStopped(way, virtual);
            }
        }
    }

    private static void aWaitIsStopped(Way way, boolean virtual) throws Exception {
        try (ThreadPool pool = ThreadPool.of(2); NativeContext busy = open(pool); NativeContext context = open(pool)) {
            Sequence sequence = context.newSequence();
            // This thread has the turn, as if its decode never ended.
            assertThat(busy.pool().take(new Stop(busy.flag()))).isTrue();
            GenerateOptions options = way == Way.DEADLINE
                    ? GenerateOptions.builder().timeLimit(Duration.ofMillis(20)).build()
                    : GREEDY;
            Generation generation = sequence.generate("Wait for it", options);
            FutureTask<FinishReason> task = new FutureTask<>(() -> generation.result().reason());
            Thread thread = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
            if (way != Way.DEADLINE) {
                awaitWaiter(pool, task);
            }
            switch (way) {
                case CANCEL -> generation.cancel();
                case INTERRUPT -> thread.interrupt();
                case CLOSE -> context.close();
                case DEADLINE -> {}
            }
            assertThat(task.get()).as("%s, virtual: %s", way, virtual)
                    .isEqualTo(way == Way.DEADLINE ? FinishReason.DEADLINE : FinishReason.CANCELLED);
            busy.pool().giveBack();
            if (way != Way.CLOSE) {
                assertThat(sequence.length()).isZero();
                sequence.close();
                assertThat(generate(context)).isEqualTo(expected);
            }
            assertThat(generate(busy)).isEqualTo(expected);
        }
    }

    /** Forks that copy tensors, and shifted keys, are computed in a turn, and the wait for it ends as any other. */
    @Test
    void theWaitOfAForkOrAShiftIsStopped() throws Exception {
        for (Way way : Way.values()) {
            for (boolean virtual : new boolean[] {false, true}) {
                for (Waiting waiting : Waiting.values()) {
                    theWaitIsStopped(waiting, way, virtual);
                }
            }
        }
    }

    /** What waits for its turn before it decodes. */
    enum Waiting {
        FORK {
            @Override
            Object run(Sequence sequence, GenerateOptions options) {
                return sequence.fork();
            }
        },
        SAVE {
            @Override
            Object run(Sequence sequence, GenerateOptions options) {
                sequence.discard(2, 6);
                return sequence.save();
            }
        },
        GENERATE {
            @Override
            Object run(Sequence sequence, GenerateOptions options) {
                sequence.discard(2, 6);
                try (Generation generation = sequence.generate("and on", options)) {
                    return generation.result().reason();
                }
            }
        };

        abstract Object run(Sequence sequence, GenerateOptions options);
    }

    private static void theWaitIsStopped(Waiting waiting, Way way, boolean virtual) throws Exception {
        if (waiting != Waiting.GENERATE && way != Way.INTERRUPT && way != Way.CLOSE) {
            return;
        }
        try (ThreadPool pool = ThreadPool.of(2);
                NativeContext busy = open(pool);
                NativeContext context = (NativeContext) model.newContext(twoStreams().threadPool(pool).build())) {
            Sequence sequence = context.newSequence();
            sequence.append("Some text that is long enough to lose a part of it");
            int length = sequence.length();
            Cancellation cancellation = Cancellation.create();
            GenerateOptions.Builder options = GenerateOptions.builder()
                    .maxTokens(24)
                    .sampler(SamplerOptions.greedy())
                    .cancellation(cancellation);
            if (way == Way.DEADLINE) {
                options.timeLimit(Duration.ofMillis(20));
            }
            assertThat(busy.pool().take(new Stop(busy.flag()))).isTrue();
            FutureTask<Object> task = new FutureTask<>(() -> waiting.run(sequence, options.build()));
            Thread thread = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
            if (way != Way.DEADLINE) {
                awaitWaiter(pool, task);
            }
            switch (way) {
                case CANCEL -> cancellation.cancel();
                case INTERRUPT -> thread.interrupt();
                case CLOSE -> context.close();
                case DEADLINE -> {}
            }
            String name = "%s, %s, virtual: %s".formatted(waiting, way, virtual);
            if (waiting == Waiting.GENERATE) {
                assertThat(task.get(1, TimeUnit.MINUTES)).as(name)
                        .isEqualTo(way == Way.DEADLINE ? FinishReason.DEADLINE : FinishReason.CANCELLED);
            } else {
                assertThatExceptionOfType(ExecutionException.class).as(name)
                        .isThrownBy(() -> task.get(1, TimeUnit.MINUTES))
                        .withCauseInstanceOf(CancelledException.class);
            }
            busy.pool().giveBack();
            if (way != Way.CLOSE) {
                assertThat(sequence.length()).as(name).isEqualTo(waiting == Waiting.FORK ? length : length - 4);
                try (Sequence fork = sequence.fork(); Generation generation = fork.generate("and on", GREEDY)) {
                    assertThat(generation.result().tokens()).as(name).isNotEmpty();
                }
            }
        }
    }

    private static void awaitWaiter(ThreadPool pool, FutureTask<?> task) {
        while (pool.waiters() == 0 && !task.isDone()) {
            Thread.onSpinWait();
        }
    }

    /** What failed first is what is thrown; its threads have ended, so that whoever computes next has room for others. */
    @Test
    void aPoisonedContextSaysWhyWhereThereIsRoomForNoMoreThreads() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "there is no prlimit to limit the child with");
        Properties report = new Properties();
        report.load(new StringReader(ChildJvm.of(PoisonedPool.class).options("-Xmx64m").arguments(TestFiles.model()).run().assertSuccess()));

        assertThat(report).containsExactlyInAnyOrderEntriesOf(Map.of(
                "poisoned", "DecodeException",
                "other", "done",
                "later", "done",
                "later-new", "done"));
    }

    /** An abort may leave the threads in a graph for ever: the other contexts go on with new ones. */
    @Test
    void aPoisonedContextDoesNotTakeTheOthersWithIt() {
        try (ThreadPool pool = ThreadPool.of(2); NativeContext other = open(pool)) {
            assertThat(generate(other)).isEqualTo(expected);
            NativeContext context = open(pool);
            Poison.poison(context);

            assertThat(generate(other)).isEqualTo(expected);
            try (NativeContext third = open(pool)) {
                assertThat(generate(third)).isEqualTo(expected);
            }
            context.close();
        }
    }
}
