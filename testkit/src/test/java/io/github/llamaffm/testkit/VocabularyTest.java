package io.github.llamaffm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {

    @TempDir
    private Path folder;

    @Test
    void bytePairsFillAVocabularyOf512() {
        var file = new ParsedGguf(TinyModel.llama().toBytes());
        List<String> tokens = file.texts("tokenizer.ggml.tokens");
        List<String> merges = file.texts("tokenizer.ggml.merges");

        assertThat(Vocabulary.tiny().size()).isEqualTo(512);
        assertThat(Vocabulary.tiny().tokens()).isEqualTo(tokens);
        assertThat(Vocabulary.tiny().merges()).isEqualTo(merges);
        assertThat(Vocabulary.unigram().merges()).isEmpty();
        assertThat(new HashSet<>(tokens)).hasSize(512);
        assertThat(merges).hasSize(512 - 256 - 8).contains("Ġt h", "Ġth e");
        for (String merge : merges) {
            assertThat(tokens).contains(merge.replace(" ", ""));
        }
        assertThat(tokens.get((int) file.metadata.get("tokenizer.ggml.bos_token_id"))).isEqualTo("<|begin_of_text|>");
        assertThat(tokens.get((int) file.metadata.get("tokenizer.ggml.eot_token_id"))).isEqualTo("<|im_end|>");
    }

    @Test
    void wordPiecesAndUnigramsAreOfTheKindOfTheirModels() {
        var bert = new ParsedGguf(TinyModel.bert().toBytes());
        var t5 = new ParsedGguf(TinyModel.t5().toBytes());

        assertThat(bert.metadata).containsEntry("tokenizer.ggml.model", "bert").containsEntry("tokenizer.ggml.token_type_count", 2);
        assertThat(bert.texts("tokenizer.ggml.tokens")).hasSizeBetween(300, 512)
                .startsWith("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]").contains("▁the").doesNotHaveDuplicates();
        assertThat(t5.texts("tokenizer.ggml.tokens")).hasSizeBetween(300, 512)
                .startsWith("<pad>", "</s>", "<unk>").contains("▁the").doesNotHaveDuplicates();
        assertThat((List<?>) t5.metadata.get("tokenizer.ggml.scores")).hasSize(Vocabulary.unigram().size())
                .allMatch(score -> (float) score <= 0);
    }

    @Test
    void isCopiedFromAFile() {
        Path bert = TinyModel.bert().writeTo(folder.resolve("bert.gguf"));

        var copied = new ParsedGguf(TinyModel.llama().vocabulary(Vocabulary.from(bert)).toBytes());

        var original = new ParsedGguf(TinyModel.llama().vocabulary(Vocabulary.wordPiece()).toBytes());
        assertThat(copied.metadata).isEqualTo(original.metadata);
        assertThat(copied.floats("output.weight")).isEqualTo(original.floats("output.weight"));
    }

    @Test
    void foreignAndCutFilesAreRefused() throws IOException {
        Path noGguf = Files.write(folder.resolve("no.gguf"), "GGML is not GGUF, however long".getBytes());
        byte[] whole = TinyModel.llama().toBytes();
        Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, 3000));
        Path without = TinyControlVector.of(TinyModel.llama()).writeTo(folder.resolve("without.gguf"));

        assertThatIllegalArgumentException().isThrownBy(() -> Vocabulary.from(noGguf)).withMessageContaining("no.gguf");
        assertThatIllegalArgumentException().isThrownBy(() -> Vocabulary.from(cut)).withMessageContaining("cut.gguf");
        assertThatIllegalArgumentException().isThrownBy(() -> Vocabulary.from(without))
                .withMessageContaining("tokenizer.ggml.tokens");
        assertThatThrownBy(() -> Vocabulary.from(folder.resolve("missing.gguf"))).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing.gguf");
    }
}
