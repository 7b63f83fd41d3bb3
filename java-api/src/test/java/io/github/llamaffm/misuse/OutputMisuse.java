package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Logits;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Reads what was not computed, or is gone. */
final class OutputMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Logits and embeddings";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("Logits before the first decode", "NULL (abort in a build with assertions)", IllegalArgumentException.class,
                        scene -> scene.inContext(context -> context.logits(0))),
                refused("Logits of row -1", "those of the last row", IllegalArgumentException.class, scene -> decoded(scene, -1)),
                refused("Logits of the least row", "NULL", IllegalArgumentException.class, scene -> decoded(scene, Integer.MIN_VALUE)),
                refused("Logits of a row behind the batch", "NULL", IllegalArgumentException.class, scene -> decoded(scene, 2)),
                refused("Logits of a row that did not ask for them", "NULL", IllegalArgumentException.class, scene -> decoded(scene, 0)),
                refused("A token behind the vocabulary", "reads behind the row", IndexOutOfBoundsException.class, scene ->
                        scene.inBatch((context, sequence, batch) -> {
                            batch.add(sequence, 1, true);
                            context.decode(batch);
                            context.logits(0).get(scene.llama().tokenizer().size());
                        })),
                refused("Logits after the next decode", "reads what lies there", IllegalStateException.class, scene -> scene.inBatch((context, sequence, batch) -> {
                    batch.add(sequence, 1, true);
                    context.decode(batch);
                    Logits logits = context.logits(0);
                    sequence.append(1);
                    logits.get(0);
                })),
                refused("Logits after the context was closed", "reads freed memory", IllegalStateException.class, scene -> afterClose(scene).get(0)),
                refused("Logits into an array that is too short", "-", IllegalArgumentException.class, scene -> scene.inBatch((context, sequence, batch) -> {
                    batch.add(sequence, 1, true);
                    context.decode(batch);
                    context.logits(0).copyTo(new float[1]);
                })),
                refused("The native row (`unsafeSegment`) after the context was closed", "reads freed memory", IllegalStateException.class, scene -> {
                    MemorySegment[] kept = new MemorySegment[1];
                    scene.inBatch((context, sequence, batch) -> {
                        batch.add(sequence, 1, true);
                        context.decode(batch);
                        kept[0] = context.logits(0).unsafeSegment();
                        assertThat(kept[0].get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(context.logits(0).get(0));
                    });
                    kept[0].get(ValueLayout.JAVA_FLOAT, 0);
                }),
                refused("`sample` of a row that has no logits", "abort llama-sampler.cpp:940", IllegalArgumentException.class, scene -> {
                    try (Sampler sampler = scene.llama().newSampler(SamplerOptions.greedy())) {
                        scene.inContext(context -> sampler.sample(context, 0));
                    }
                }),
                refused("An embedding of a context for text", "NULL", IllegalStateException.class, scene -> scene.inContext(context -> context.embedding(0))),
                refused("The embedding of a token where they are pooled", "NULL", IllegalStateException.class, scene ->
                        scene.inContext(scene.llama(), builder -> builder.pooling(Pooling.MEAN), context -> context.embedding(0))),
                refused("The embedding of a sequence that had no row", "not tried", IllegalArgumentException.class, scene ->
                        scene.inBatch(scene.llama(), builder -> builder.pooling(Pooling.MEAN), (context, sequence, batch) -> {
                            batch.add(sequence, 1, true);
                            context.decode(batch);
                            context.embedding(context.newSequence());
                        })));
    }

    private static void decoded(Scene scene, int row) throws Exception {
        scene.inBatch((context, sequence, batch) -> {
            batch.add(sequence, 1, false);
            batch.add(sequence, 2, true);
            context.decode(batch);
            context.logits(row);
        });
    }

    private static Logits afterClose(Scene scene) throws Exception {
        Logits[] kept = new Logits[1];
        scene.inBatch((context, sequence, batch) -> {
            batch.add(sequence, 1, true);
            context.decode(batch);
            kept[0] = context.logits(0);
        });
        return kept[0];
    }
}
