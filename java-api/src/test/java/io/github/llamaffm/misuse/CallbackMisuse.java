package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec.Custom;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;

/** What a callback must not do: Java code that native work waits for. */
final class CallbackMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Callbacks";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("A progress listener that throws", "the JVM ends", IllegalCallerException.class, scene -> load(scene, _ -> {
                    throw new IllegalCallerException("mine");
                })),
                refused("A progress listener that throws a checked exception", "the JVM ends", ModelLoadException.class, scene -> load(scene, _ -> throwChecked())),
                refused("A progress listener that overflows its stack", "the JVM ends", StackOverflowError.class, scene -> load(scene, _ -> forEver())),
                works("A progress listener that loads another model", "-", scene -> {
                    boolean[] done = new boolean[1];
                    load(scene, _ -> {
                        if (!done[0]) {
                            done[0] = true;
                            Model.load(scene.file(TinyModel.llama())).close();
                        }
                    });
                    return "both load";
                }),
                refused("A Java sampler that throws", "the JVM ends", IllegalCallerException.class, scene -> inApply(scene, _ -> {
                    throw new IllegalCallerException("mine");
                })),
                refused("A Java sampler that throws a checked exception, on a virtual thread", "the JVM ends", IOException.class,
                        scene -> OnThread.virtual(() -> inApply(scene, _ -> throwChecked()))),
                refused("A Java sampler that overflows its stack", "the JVM ends", StackOverflowError.class, scene -> inApply(scene, _ -> forEver())),
                refused("A Java sampler that closes its context", "-", IllegalStateException.class, scene -> inApply(scene, Context::close)),
                refused("The same on a virtual thread", "-", IllegalStateException.class,
                        scene -> OnThread.virtual(() -> inApply(scene, Context::close))),
                refused("A Java sampler that closes its chain, on a virtual thread", "-", IllegalStateException.class, scene ->
                        OnThread.virtual(() -> itself(scene, Sampler::close))),
                refused("A Java sampler that uses its chain", "-", IllegalStateException.class, scene -> itself(scene, Sampler::reset)),
                refused("A Java sampler that closes the sequence it chooses for", "-", IllegalStateException.class, scene ->
                        scene.inBatch((_, sequence, _) -> sequence.generate("Hello", options(_ -> sequence.close())).result())),
                refused("A Java sampler that goes on with the sequence it chooses for", "-", IllegalStateException.class, scene ->
                        scene.inBatch((_, sequence, _) -> sequence.generate("Hello", options(_ -> sequence.append(1))).result())),
                refused("A Java sampler that shuts its model down", "-", IllegalStateException.class, scene -> {
                    Model model = Model.load(scene.file(TinyModel.llama()));
                    try {
                        scene.inContext(model, builder -> builder, context ->
                                context.generate("Hello", options(_ -> model.shutdown(Duration.ZERO))).result());
                    } finally {
                        model.shutdown(Duration.ofSeconds(60));
                    }
                }),
                works("A Java sampler that decodes other sequences of the same context, on either kind of thread", "-", scene -> {
                    for (boolean virtual : new boolean[] {false, true}) {
                        Callable<int[]> work = () -> {
                            int[][] tokens = new int[1][];
                            scene.inContext(context -> tokens[0] = context.generate("Hello", options(inner -> {
                                try (Sequence other = context.newSequence()) {
                                    other.append(1, 2, 3);
                                }
                            })).result().tokens());
                            return tokens[0];
                        };
                        assertThat(virtual ? OnThread.virtual(work) : work.call()).hasSize(4);
                    }
                    return "both go on";
                }),
                works("A consumer of embeddings that closes its embedder", "-", scene -> {
                    var embedder = scene.model(TinyModel.bert()).newEmbedder();
                    org.assertj.core.api.Assertions.assertThatIllegalStateException().isThrownBy(() -> embedder.embedAll(java.util.Collections.nCopies(200, "a text"),
                            io.github.llamaffm.EmbedOptions.defaults(), _ -> embedder.close()));
                    assertThat(embedder.isClosed()).isTrue();
                    return "closes; the rest is an `IllegalStateException`";
                }),
                absent("An abort or log callback that throws", "the JVM ends", "both are the library's own", _ -> PublicApi.hasNo(".*([lL]og|[aA]bort)(Callback|Listener|Handler)")));
    }

    private interface InApply {
        void use(Context context);
    }

    private interface OnChain {
        void use(Sampler sampler);
    }

    private static void load(Scene scene, DoubleConsumer listener) {
        Model.load(scene.file(TinyModel.llama()), ModelOptions.builder().progress(listener).build()).close();
    }

    private static GenerateOptions options(CandidateSampler first) {
        return GenerateOptions.builder().maxTokens(4).sampler(SamplerOptions.of(new Custom(() -> candidates -> {
            first.apply(candidates);
            candidates.select(5);
        }))).build();
    }

    private static Object inApply(Scene scene, InApply what) throws Exception {
        scene.inContext(context -> context.generate("Hello", options(_ -> what.use(context))).result());
        return "";
    }

    private static Object itself(Scene scene, OnChain what) throws Exception {
        Sampler[] itself = new Sampler[1];
        try (Sampler sampler = scene.llama().newSampler(SamplerOptions.of(new Custom(() -> candidates -> what.use(itself[0]))))) {
            itself[0] = sampler;
            scene.inBatch((context, sequence, batch) -> {
                int row = batch.add(sequence, 1, true);
                context.decode(batch);
                sampler.sample(context, row);
            });
        }
        return "";
    }

    @SuppressWarnings("InfiniteRecursion")
    private static void forEver() {
        forEver();
    }

    private static void throwChecked() {
        CallbackMisuse.<RuntimeException>throwAs(new IOException("mine"));
    }

    /** As a callback does that is written in another language. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAs(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
