package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTest {

    private static final TinyLora LORA = TinyLora.of(TinyModel.llama()).invocationTokens(3, 4)
            .metadata("a.truth", GgufValue.of(true));

    @TempDir
    private Path folder;

    @Test
    void readsMetadataAndTensors() throws IOException {
        Gguf gguf = Gguf.read(LORA.writeTo(folder.resolve("lora.gguf")));

        assertThat(gguf.text("general.type")).hasValue("adapter");
        assertThat(gguf.text("adapter.lora.alpha")).isEmpty();
        assertThat(gguf.metadata()).containsEntry("adapter.lora.alpha", 8f).containsEntry("a.truth", true)
                .containsEntry("adapter.alora.invocation_tokens", new Gguf.Array(4, 2));
        Gguf.Tensor first = gguf.tensors().getFirst();
        assertThat(first.name()).isEqualTo("blk.0.attn_q.weight.lora_a");
        assertThat(first.shape().subList(1, 4)).isEqualTo(List.of(4L, 1L, 1L));
        Gguf.Tensor last = gguf.tensors().getLast();
        long end = gguf.dataOffset() + last.offset() + last.elements() * Float.BYTES;
        assertThat(Files.size(folder.resolve("lora.gguf"))).isBetween(end, end + 31);
    }

    @Test
    void readsAWholeModelsHead() throws IOException {
        Gguf gguf = Gguf.read(TinyModel.llama().writeTo(folder.resolve("model.gguf")));

        assertThat(gguf.text("general.architecture")).hasValue("llama");
        assertThat(gguf.metadata().get("tokenizer.ggml.tokens")).isInstanceOf(Gguf.Array.class);
        assertThat(gguf.tensors()).anyMatch(tensor -> tensor.name().equals("token_embd.weight"));
    }

    @Test
    void refusesEveryTruncationOfTheHead() throws IOException {
        byte[] bytes = LORA.toBytes();
        Path whole = Files.write(folder.resolve("whole.gguf"), bytes);
        Gguf.Tensor first = Gguf.read(whole).tensors().getFirst();
        Path file = folder.resolve("part.gguf");
        for (int length = 0; length < Gguf.read(whole).dataOffset() - 32; length += 13) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatExceptionOfType(Gguf.BadFileException.class).as("%d bytes, before %s", length, first)
                    .isThrownBy(() -> Gguf.read(file));
        }
    }

    @Test
    void answersDamageWithAnExceptionOnly() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] bytes = LORA.toBytes();
        int head = (int) Gguf.read(Files.write(folder.resolve("whole.gguf"), bytes)).dataOffset();
        Path file = folder.resolve("damaged.gguf");
        for (int i = 0; i < 500; i++) {
            byte[] damaged = Arrays.copyOf(bytes, head);
            damaged[8 + random.nextInt(head - 8)] = (byte) random.nextInt();
            damaged[8 + random.nextInt(head - 8)] = (byte) 0xff;
            Files.write(file, damaged);
            try {
                Gguf.read(file);
            } catch (IOException _) {
                // what damaged files are for
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + i, e);
            }
        }
    }
}
