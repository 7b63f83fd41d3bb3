package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.ConcurrentUseException;
import io.github.llamaffm.Context;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.NativeFrames;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Two threads in what is for one. */
final class ThreadMisuse implements MisuseGroup {

    private static final int ROWS = 2000;

    @Override
    public String title() {
        return "Threads";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                works("A context used by a second thread, platform and virtual, during a decode", "not tried", scene -> {
                    UseByTwoThreads.run(TestFiles.model());
                    return "a `ConcurrentUseException`; the first thread says what it says alone";
                }),
                works("A context closed by two threads during a decode", "not tried", scene -> {
                    CloseDuringUse.run(TestFiles.model());
                    return "the decode ends early, and nothing is freed under it";
                }),
                refused("A batch cleared by a second thread during a decode", "not tried", ConcurrentUseException.class, _ -> during((batch, _) -> batch.clear())),
                refused("A row added by a second thread during a decode", "not tried", ConcurrentUseException.class,
                        _ -> during((batch, sequence) -> batch.add(sequence, 1, false))),
                works("One model, four contexts, four threads", "works", scene -> {
                    List<FutureTask<int[]>> tasks = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        tasks.add(new FutureTask<>(() -> {
                            int[][] tokens = new int[1][];
                            scene.inContext(context -> tokens[0] = context.generate("The capital of France is", Scene.FEW).result().tokens());
                            return tokens[0];
                        }));
                    }
                    for (int i = 0; i < 4; i++) {
                        (i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(tasks.get(i));
                    }
                    int[] first = tasks.getFirst().get();
                    for (FutureTask<int[]> task : tasks) {
                        assertThat(task.get()).isEqualTo(first);
                    }
                    return "each says the same";
                }),
                refused("Tokens appended by a thread that is interrupted", "-", CancelledException.class, scene -> interrupted(() ->
                        scene.inBatch((_, sequence, _) -> sequence.append(1, 2)))),
                refused("A load by a thread that is interrupted", "-", CancelledException.class, scene -> interrupted(() -> Model.load(scene.file(TinyModel.llama())).close())),
                refused("A state saved by a thread that is interrupted", "-", CancelledException.class, scene -> {
                    Model fresh = fresh(scene);
                    interrupted(() -> scene.inContext(fresh, builder -> builder, context -> context.newSequence().save()));
                }),
                refused("A state written to a file by a thread that is interrupted", "-", CancelledException.class, scene -> scene.inBatch((_, sequence, _) -> {
                    sequence.save();
                    interrupted(() -> sequence.save(scene.folder().resolve("interrupted.state")));
                })),
                works("Contexts, sequences and generations by a thread that is interrupted", "-", scene -> {
                    interrupted(() -> scene.inBatch((context, sequence, _) -> {
                        sequence.truncate(0);
                        try (Generation generation = context.generate("Hello", Scene.FEW)) {
                            assertThat(generation.result().reason()).isEqualTo(io.github.llamaffm.FinishReason.CANCELLED);
                        }
                    }));
                    return "works, and stays interrupted; a generation is cancelled";
                }));
    }

    /** What is read of its file for its first state is kept. */
    private static Model fresh(Scene scene) {
        return scene.model(TinyModel.qwen2());
    }

    private interface Use {
        void of(Batch batch, Sequence sequence);
    }

    /** While another thread is inside a decode that would take many seconds, and is cancelled. */
    private static void during(Use use) throws Exception {
        try (Model model = Model.load(TestFiles.model());
                Context context = model.newContext(Scene.options(builder -> builder.contextSize(ROWS)))) {
            Sequence sequence = context.newSequence();
            Batch batch = context.newBatch();
            for (int i = 0; i < ROWS; i++) {
                batch.add(sequence, 1 + i % 100, false);
            }
            Cancellation cancellation = Cancellation.create();
            FutureTask<Integer> decode = new FutureTask<>(() -> {
                context.decode(batch, cancellation);
                return sequence.length();
            });
            Thread.ofPlatform().start(decode);
            NativeFrames.await("lf_decode", decode::isDone);
            try {
                use.of(batch, sequence);
            } finally {
                assertThat(decode.isDone()).isFalse();
                cancellation.cancel();
                assertThatThrownBy(decode::get).hasCauseInstanceOf(CancelledException.class);
                assertThat(batch.size()).isEqualTo(ROWS);
                sequence.append(1);
            }
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void interrupted(Step step) throws Exception {
        Thread.currentThread().interrupt();
        try {
            step.run();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }
}
