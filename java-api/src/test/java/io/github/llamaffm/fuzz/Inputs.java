package io.github.llamaffm.fuzz;

import io.github.llamaffm.testkit.TinyControlVector;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is loaded.
 *
 * @param reference the model that answers the same at every quiet point
 * @param wrong     files that are no models, adapters or states, and such as do not exist
 */
record Inputs(Path reference, List<Path> models, List<Path> loras, List<Path> vectors, List<Path> wrong) {

    /** @param more models that were made before, such as hybrid ones */
    static Inputs make(Path folder, List<Path> more) {
        try {
            TinyModel llama = TinyModel.llama();
            Path reference = llama.seed(7).writeTo(folder.resolve("reference.gguf"));
            List<Path> models = new ArrayList<>(List.of(
                    llama.writeTo(folder.resolve("llama.gguf")),
                    TinyModel.answering("The answer is forty-two, as it always was.").writeTo(folder.resolve("answer.gguf")),
                    TinyModel.gemma2().writeTo(folder.resolve("gemma2.gguf")),
                    TinyModel.gemma3().writeTo(folder.resolve("gemma3.gguf")),
                    TinyModel.mixtral().writeTo(folder.resolve("mixtral.gguf")),
                    TinyModel.mamba().writeTo(folder.resolve("mamba.gguf")),
                    TinyModel.bert().writeTo(folder.resolve("bert.gguf")),
                    TinyModel.reranker().writeTo(folder.resolve("reranker.gguf")),
                    TinyModel.qwen3Reranker().writeTo(folder.resolve("qwen3-reranker.gguf")),
                    TinyModel.t5().writeTo(folder.resolve("t5.gguf"))));
            models.addAll(more);
            Path empty = Files.createFile(folder.resolve("empty.gguf"));
            byte[] bytes = llama.toBytes();
            Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(bytes, bytes.length / 2));
            Path text = Files.writeString(folder.resolve("text.gguf"), "no GGUF at all");
            return new Inputs(reference, List.copyOf(models),
                    List.of(TinyLora.of(llama).writeTo(folder.resolve("lora.gguf")),
                            TinyLora.of(llama).seed(2).rank(8).writeTo(folder.resolve("lora2.gguf")),
                            TinyLora.of(llama).invocationTokens(1, 2, 3).writeTo(folder.resolve("alora.gguf")),
                            TinyLora.of(TinyModel.gemma2()).writeTo(folder.resolve("gemma2-lora.gguf"))),
                    List.of(TinyControlVector.of(llama).writeTo(folder.resolve("vector.gguf")),
                            TinyControlVector.of(TinyModel.gemma2()).seed(3).writeTo(folder.resolve("gemma2-vector.gguf"))),
                    List.of(empty, cut, text, folder, folder.resolve("missing.gguf")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path model(Player player) {
        if (player.mischief()) {
            return player.one(wrong.toArray(Path[]::new));
        }
        return player.chance(25) ? player.one(reference, models.getFirst()) : player.one(models.toArray(Path[]::new));
    }

    Path lora(Player player) {
        return player.mischief() ? player.one(wrong.toArray(Path[]::new)) : player.one(loras.toArray(Path[]::new));
    }

    Path vector(Player player) {
        return player.mischief() ? player.one(wrong.toArray(Path[]::new)) : player.one(vectors.toArray(Path[]::new));
    }
}
