package io.github.llamaffm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class TinyModelTest {

    static final List<TinyModel> MAKERS = List.of(TinyModel.llama(), TinyModel.llama3(), TinyModel.mistral(),
            TinyModel.mixtral(), TinyModel.yi(), TinyModel.qwen2(), TinyModel.qwen3(), TinyModel.phi3(), TinyModel.gemma(),
            TinyModel.gemma2(), TinyModel.gemma3(), TinyModel.gemma4(), TinyModel.falcon(), TinyModel.mamba(), TinyModel.bert(),
            TinyModel.reranker(), TinyModel.qwen3Reranker(), TinyModel.t5());

    /** What users wrote into their tests depends on them. */
    private static final Map<String, String> HASHES = Map.ofEntries(
            Map.entry("Tiny Llama", "9e5a4f1859e91e52"),
            Map.entry("Tiny Llama 3", "6370a5f15793257a"),
            Map.entry("Tiny Mistral", "4999404168c9a8dd"),
            Map.entry("Tiny Mixtral", "97a28c07d0aef0f1"),
            Map.entry("Tiny Yi", "df76bea6bc6aa191"),
            Map.entry("Tiny Qwen 2", "2c43351a257025bb"),
            Map.entry("Tiny Qwen 3", "cf1f15e9eb5bf3e5"),
            Map.entry("Tiny Phi 3", "73da5b1a0ac192d6"),
            Map.entry("Tiny Gemma", "1db116b506484875"),
            Map.entry("Tiny Gemma 2", "3298e3dcdcd70e22"),
            Map.entry("Tiny Gemma 3", "21ea064f7841a71c"),
            Map.entry("Tiny Gemma 4", "b3a3e7be28da13de"),
            Map.entry("Tiny Falcon", "611d8896417849c1"),
            Map.entry("Tiny Mamba", "88aeae5307296258"),
            Map.entry("Tiny BERT", "b54e93a82c2d6993"),
            Map.entry("Tiny reranker", "9dd427a8e60e99b9"),
            Map.entry("Tiny Qwen 3 reranker", "6992c4acc77cb206"),
            Map.entry("Tiny T5", "6d8b32ddf5c178ec"));

    @Test
    void bytesAreTheSameForEver() {
        Map<String, String> hashes = new TreeMap<>();
        MAKERS.forEach(model -> hashes.put(model.name(), hash(model.toBytes())));

        assertThat(hashes).isEqualTo(new TreeMap<>(HASHES));
    }

    @ParameterizedTest
    @FieldSource("MAKERS")
    void isAValidFile(TinyModel model) {
        var file = new ParsedGguf(model.toBytes());

        assertThat(file.metadata).containsEntry("general.architecture", model.architecture())
                .containsEntry("general.name", model.name());
        assertThat((List<?>) file.metadata.get("tokenizer.ggml.tokens")).hasSize(model.vocabulary().size());
        assertThat(file.tensors.get("token_embd.weight").shape()).containsExactly(64L, (long) model.vocabulary().size());
    }

    @ParameterizedTest
    @FieldSource("MAKERS")
    void isSmall(TinyModel model) {
        assertThat(model.toBytes()).hasSizeBetween(200_000, 1_300_000);
    }

    @ParameterizedTest
    @FieldSource("MAKERS")
    void anotherSeedGivesOtherWeightsInTheSameShape(TinyModel model) {
        var one = new ParsedGguf(model.toBytes());
        var other = new ParsedGguf(model.seed(2).toBytes());

        assertThat(other.metadata).isEqualTo(one.metadata);
        assertThat(other.tensors).isEqualTo(one.tensors);
        one.tensors.keySet().forEach(tensor -> assertThat(other.floats(tensor)).as(tensor).isNotEqualTo(one.floats(tensor)));
    }

    @ParameterizedTest
    @FieldSource("MAKERS")
    void weightsAreFiniteAndVaried(TinyModel model) {
        var file = new ParsedGguf(model.toBytes());
        for (String tensor : file.tensors.keySet()) {
            float[] values = file.floats(tensor);
            float first = values[0];
            boolean varied = false;
            for (float value : values) {
                assertThat(Float.isFinite(value)).as(tensor).isTrue();
                varied |= value != first;
            }
            assertThat(varied || values.length == 1).as(tensor).isTrue();
        }
    }

    @Test
    void matricesKeepTheSizeOfWhatTheyMap() {
        float[] weights = new ParsedGguf(TinyModel.llama().toBytes()).floats("blk.0.ffn_up.weight");
        double sum = 0;
        double squares = 0;
        for (float weight : weights) {
            sum += weight;
            squares += weight * weight;
        }

        assertThat(sum / weights.length).isEqualTo(0, within(0.005));
        assertThat(Math.sqrt(squares / weights.length)).isEqualTo(1 / Math.sqrt(64), within(0.002));
    }

    @Test
    void halfFloatsAreTheSameWeightsRounded() {
        float[] whole = new ParsedGguf(TinyModel.llama().toBytes()).floats("blk.1.attn_q.weight");
        var file = new ParsedGguf(TinyModel.llama().weightType(WeightType.F16).toBytes());
        float[] half = file.floats("blk.1.attn_q.weight");

        assertThat(file.tensors.get("blk.1.attn_q.weight").type()).isEqualTo(1);
        assertThat(file.tensors.get("output_norm.weight").type()).isZero();
        for (int i = 0; i < whole.length; i++) {
            assertThat(half[i]).isEqualTo(Float.float16ToFloat(Float.floatToFloat16(whole[i])));
        }
    }

    @Test
    void sizesCanBeChosen() {
        var file = new ParsedGguf(TinyModel.qwen2().layers(3).embeddingSize(96).heads(4, 2).feedForwardSize(40).contextSize(99)
                .vocabulary(Vocabulary.unigram()).toBytes());

        assertThat(file.metadata).containsEntry("qwen2.block_count", 3).containsEntry("qwen2.embedding_length", 96)
                .containsEntry("qwen2.attention.head_count", 4).containsEntry("qwen2.attention.head_count_kv", 2)
                .containsEntry("qwen2.feed_forward_length", 40).containsEntry("qwen2.context_length", 99)
                .containsEntry("tokenizer.ggml.model", "t5");
        assertThat(file.tensors.get("blk.2.attn_k.weight").shape()).containsExactly(96L, 48L);
    }

    @Test
    void metadataCanBeReplacedAndAdded() {
        var file = new ParsedGguf(TinyModel.bert().metadata("bert.pooling_type", GgufValue.of(2))
                .metadata("author.note", GgufValue.of("made here")).toBytes());

        assertThat(file.metadata).containsEntry("bert.pooling_type", 2).containsEntry("author.note", "made here");
    }

    @Test
    void aFileIsWrittenOver(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("tiny.gguf"), new byte[5_000_000]);

        assertThat(TinyModel.llama().writeTo(file)).isEqualTo(file).hasBinaryContent(TinyModel.llama().toBytes());
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> TinyModel.llama().embeddingSize(66))
                .withMessageContaining("66");
        assertThatIllegalArgumentException().isThrownBy(() -> TinyModel.llama().heads(4, 3)).withMessageContaining("3");
        assertThatIllegalArgumentException().isThrownBy(() -> TinyModel.llama().layers(0)).withMessageContaining("layers is 0");
        assertThatIllegalArgumentException().isThrownBy(() -> TinyModel.llama().contextSize(1)).withMessageContaining("contextSize is 1");
    }

    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
