package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Attention;
import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.Model;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.PromptTooLongException;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.util.Arrays;
import java.util.List;

/** Computes batches that cannot be computed. */
final class BatchMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Batches";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("More tokens than `n_batch`", "abort llama-context.cpp:1782", IllegalStateException.class, scene ->
                        scene.inBatch(scene.llama(), builder -> builder.batchSize(8), (_, sequence, batch) -> fill(batch, sequence, 9))),
                refused("No tokens", "-1", IllegalStateException.class, scene -> scene.inBatch((context, _, batch) -> context.decode(batch))),
                absent("Fewer than no tokens; neither tokens nor embeddings", "abort llama-batch.cpp:38, llama-context.cpp:1707",
                        "a batch has what `add` took", _ -> addTakes()),
                refused("Tokens and embeddings in one batch", "not tried", IllegalStateException.class, scene -> scene.inBatch((_, sequence, batch) -> {
                    batch.add(sequence, 1, false);
                    batch.add(sequence, new float[scene.llama().info().inputEmbeddingSize()], false);
                })),
                refused("A token that is negative", "-1", IllegalArgumentException.class, scene -> add(scene, -1)),
                refused("A token behind the vocabulary", "-1", IllegalArgumentException.class, scene -> add(scene, scene.llama().tokenizer().size())),
                refused("An embedding that is too short", "reads behind it", IllegalArgumentException.class,
                        scene -> scene.inBatch((_, sequence, batch) -> batch.add(sequence, new float[1], false))),
                refused("An embedding of NaN", "not tried", SamplingException.class, scene -> scene.inBatch((context, sequence, batch) -> {
                    float[] embedding = new float[scene.llama().info().inputEmbeddingSize()];
                    Arrays.fill(embedding, Float.NaN);
                    int row = batch.add(sequence, embedding, true);
                    context.decode(batch);
                    try (Sampler sampler = scene.llama().newSampler(SamplerOptions.defaults())) {
                        sampler.sample(context, row);
                    }
                })),
                absent("A sequence id that is not there", "-1; accepted up to 255 with a unified cache; 1 of a recurrent model",
                        "`Sequence` has no id: a context leases them", _ -> PublicApi.hasNo("sequenceId|seqId")),
                refused("More sequences than there are", "-", IllegalStateException.class, scene -> scene.inBatch((context, _, _) -> {
                    context.newSequence();
                    context.newSequence();
                })),
                refused("A sequence of another context", "not tried", IllegalArgumentException.class, scene -> scene.inBatch((_, sequence, _) ->
                        scene.inBatch((_, _, batch) -> batch.add(sequence, 1, false)))),
                refused("A batch of another context", "not tried", IllegalArgumentException.class, scene -> scene.inBatch((_, _, batch) ->
                        scene.inContext(other -> other.decode(batch)))),
                refused("No sequence (`n_seq_id` 0)", "signal", IllegalArgumentException.class,
                        scene -> scene.inBatch((_, _, batch) -> batch.add(nothing(), 1, false))),
                absent("Positions that do not follow, are negative, or start behind 0", "-1, accepted, accepted", "no method takes positions of a batch",
                        _ -> addTakes()),
                refused("A batch whose sequence has gone on since", "-1", IllegalStateException.class, scene -> scene.inBatch((context, sequence, batch) -> {
                    batch.add(sequence, 1, false);
                    sequence.append(1, 2);
                    context.decode(batch);
                })),
                refused("A batch whose sequence is closed", "not tried", IllegalStateException.class, scene -> scene.inBatch((context, sequence, batch) -> {
                    batch.add(sequence, 1, false);
                    sequence.close();
                    context.decode(batch);
                })),
                refused("A closed batch", "not tried", IllegalStateException.class, scene -> scene.inBatch((context, sequence, batch) -> {
                    batch.add(sequence, 1, false);
                    batch.close();
                    context.decode(batch);
                })),
                refused("More outputs than `n_outputs_max`", "abort llama-context.cpp:2260", IllegalStateException.class, scene ->
                        scene.inBatch((_, sequence, batch) -> {
                            for (int i = 0; i < 3; i++) {
                                batch.add(sequence, 1, true);
                            }
                        })),
                absent("More than one output per sequence with a sampler on the backend", "-1", "no method puts a sampler on a backend",
                        _ -> PublicApi.hasNo(".*[bB]ackendSampler.*|setSampler|attach.*")),
                refused("Non-causal attention and more tokens than `n_ubatch`", "abort llama-context.cpp:1784", IllegalArgumentException.class, scene ->
                        scene.inBatch(scene.llama(), builder -> builder.batchSize(32).ubatchSize(8), (context, sequence, batch) -> {
                            context.attention(Attention.NON_CAUSAL);
                            fill(batch, sequence, 9);
                            context.decode(batch);
                        })),
                refused("An encoder and more tokens than `n_ubatch`", "abort llama-context.cpp:1495", IllegalArgumentException.class, scene ->
                        scene.inBatch(scene.model(TinyModel.t5()), builder -> builder.batchSize(32).ubatchSize(8), (context, sequence, batch) -> {
                            fill(batch, sequence, 9);
                            context.encode(batch);
                        })),
                refused("`llama_encode` of a decoder", "signal", IllegalStateException.class, scene -> scene.inBatch((context, sequence, batch) -> {
                    batch.add(sequence, 1, false);
                    context.encode(batch);
                })),
                refused("A decoder whose encoder has not run", "reads behind an array", IllegalStateException.class, scene ->
                        scene.inBatch(scene.model(TinyModel.t5()), builder -> builder, (context, sequence, batch) -> {
                            batch.add(sequence, 1, false);
                            context.decode(batch);
                        })),
                refused("A text that BERT should go on with", "not tried", IllegalStateException.class, scene ->
                        scene.inContext(scene.model(TinyModel.bert()), builder -> builder, context -> context.generate("Hello", Scene.ONE))),
                refused("More tokens than there are cells, in batches", "1", NoKvSpaceException.class, scene -> scene.inBatch((_, sequence, _) -> {
                    sequence.append(new int[200]);
                    sequence.append(new int[200]);
                })),
                refused("A prompt that is longer than the context", "1", PromptTooLongException.class, scene ->
                        scene.inContext(context -> context.generate("word ".repeat(300), Scene.ONE).result())),
                refused("More positions than a model has a table for", "abort, on a thread where nothing catches it", IllegalStateException.class,
                        BatchMisuse::behindTheTable));
    }

    @SuppressWarnings("NullAway")
    private static Sequence nothing() {
        return null;
    }

    private static void addTakes() {
        PublicApi.takes(Batch.class, "add", List.of(Sequence.class, int.class, boolean.class), List.of(Sequence.class, float[].class, boolean.class));
    }

    private static void add(Scene scene, int token) throws Exception {
        scene.inBatch((_, sequence, batch) -> batch.add(sequence, token, false));
    }

    private static void fill(Batch batch, Sequence sequence, int rows) {
        for (int i = 0; i < rows; i++) {
            batch.add(sequence, 1, false);
        }
    }

    private static void behindTheTable(Scene scene) throws Exception {
        Model model = scene.random("gpt2");
        int positions = model.info().trainedContextSize();
        int[] tokens = new int[positions];
        Arrays.fill(tokens, 5);
        try (Embedder embedder = model.newEmbedder()) {
            assertThat(embedder.maxTokens()).isEqualTo(positions);
        }
        scene.inBatch(model, builder -> builder.contextSize(4 * positions), (Context context, Sequence sequence, Batch batch) -> {
            assertThat(context.size()).isEqualTo(positions);
            sequence.append(tokens);
            assertThat(sequence.length()).isEqualTo(positions);
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> sequence.append(5)).isInstanceOf(NoKvSpaceException.class);
            batch.add(sequence, 5, true);
        });
    }
}
