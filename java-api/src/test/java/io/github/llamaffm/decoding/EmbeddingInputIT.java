package io.github.llamaffm.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.GgufTensor;
import io.github.llamaffm.support.RandomModels;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Embeddings as input: with the rows of the model's own table they are the tokens. */
class EmbeddingInputIT {
    private static final int[] TOKENS = {5, 17, 42, 99, 7, 120, 31};
    private static final GenerateOptions GREEDY =
            GenerateOptions.builder().maxTokens(5).sampler(SamplerOptions.greedy()).build();

    @TempDir
    private static Path folder;

    @BeforeAll
    static void make() {
        RandomModels.make("^(llama|qwen2vl|mamba)$", folder);
    }

    /** One model that places images in several dimensions, and one that keeps a state. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-dense", "qwen2vl-dense", "mamba-dense"})
    void areTheTokens(String name) {
        Path file = folder.resolve(name + ".gguf");
        float[] table = GgufTensor.read(file, "token_embd.weight");
        try (Model model = Model.load(file); Context context = open(model);
                Sequence ofTokens = context.newSequence(); Sequence ofEmbeddings = context.newSequence();
                Batch batch = context.newBatch()) {
            int width = model.info().inputEmbeddingSize();
            for (int token : TOKENS) {
                batch.add(ofTokens, token, token == TOKENS[TOKENS.length - 1]);
            }
            context.decode(batch);
            float[] expected = context.logits(TOKENS.length - 1).toArray();

            batch.clear();
            for (int token : TOKENS) {
                batch.add(ofEmbeddings, Arrays.copyOfRange(table, token * width, (token + 1) * width),
                        token == TOKENS[TOKENS.length - 1]);
            }
            context.decode(batch);

            assertThat(context.logits(TOKENS.length - 1).toArray()).isEqualTo(expected);
            assertThat(ofEmbeddings.length()).isEqualTo(TOKENS.length);
            assertThat(ofEmbeddings.tokens()).containsOnly(-1);

            // Tokens can follow, and a generation tells its sampler of those only.
            try (Generation a = ofTokens.generate(new int[] {3, 4}, GREEDY);
                    Generation b = ofEmbeddings.generate(new int[] {3, 4}, GREEDY)) {
                assertThat(b.result().tokens()).isEqualTo(a.result().tokens());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "llama-dense")
    void whatNeedsATokenIsRefused(String name) {
        try (Model model = Model.load(folder.resolve(name + ".gguf")); Context context = open(model);
                Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            float[] embedding = new float[model.info().inputEmbeddingSize()];
            Arrays.fill(embedding, 0.5f);
            assertThatIllegalArgumentException().isThrownBy(() -> batch.add(sequence, new float[embedding.length - 1], false))
                    .withMessageContaining("" + embedding.length);
            batch.add(sequence, embedding, false);
            assertThatIllegalStateException().isThrownBy(() -> batch.add(sequence, 1, false)).withMessageContaining("one kind");
            context.decode(batch);

            // Its logits were not asked for, and it cannot be computed again.
            assertThatIllegalStateException().isThrownBy(() -> {
                try (Generation generation = sequence.generate(new int[0], GREEDY)) {
                    generation.result();
                }
            }).withMessageContaining("embedding");
            assertThat(sequence.length()).isEqualTo(1);

            batch.clear();
            batch.add(sequence, 1, true);
            assertThatIllegalStateException().isThrownBy(() -> batch.add(sequence, embedding, false));
            context.decode(batch);
            assertThat(sequence.tokens()).containsExactly(-1, 1);
            sequence.truncate(1);
            sequence.append(7);
            assertThat(sequence.tokens()).containsExactly(-1, 7);
        }
    }

    /** A state has no embeddings, and still knows where they were. */
    @Test
    void areKnownAfterARestore() {
        try (Model model = Model.load(folder.resolve("llama-dense.gguf")); Context context = open(model);
                Sequence sequence = context.newSequence(); Sequence restored = context.newSequence();
                Batch batch = context.newBatch()) {
            float[] embedding = new float[model.info().inputEmbeddingSize()];
            Arrays.fill(embedding, 0.5f);
            batch.add(sequence, embedding, false);
            batch.add(sequence, embedding, true);
            context.decode(batch);

            restored.restore(sequence.save());

            assertThatIllegalStateException().isThrownBy(() -> {
                try (Generation generation = restored.generate(new int[0], GREEDY)) {
                    generation.result();
                }
            }).withMessageContaining("embedding");
            GenerateOptions penalised = GenerateOptions.builder().maxTokens(5)
                    .sampler(SamplerOptions.of(new SamplerSpec.Penalties(64, 1.5f, 0, 0), new SamplerSpec.Greedy())).build();
            try (Generation a = sequence.generate(new int[] {3, 4}, penalised);
                    Generation b = restored.generate(new int[] {3, 4}, penalised)) {
                assertThat(b.result().tokens()).isEqualTo(a.result().tokens());
            }
        }
    }

    private static Context open(Model model) {
        return model.newContext(ContextOptions.builder()
                .contextSize(256).batchSize(64).ubatchSize(32).maxSequences(2).threads(1).build());
    }
}
