package io.github.llamaffm.hostile;

import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyControlVector;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import io.github.llamaffm.testkit.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The sound files that hostile ones are made from. */
final class Bases {

    /** Their files are 14 to 86 MB, and mutated no otherwise than those of their kin. */
    private static final List<String> TOO_LARGE =
            List.of("deepseek4", "deepseek32", "glm-dsa", "hy_v4", "dots3note", "qwen4exp");

    private Bases() {}

    /** Models of our own maker, with the tokenizers that there are. */
    private static Map<String, TinyModel> tiny() {
        Map<String, TinyModel> all = new LinkedHashMap<>();
        all.put("llama", TinyModel.llama());
        all.put("llama3", TinyModel.llama3());
        all.put("mixtral", TinyModel.mixtral());
        all.put("qwen2", TinyModel.qwen2());
        all.put("qwen3", TinyModel.qwen3());
        all.put("phi3", TinyModel.phi3());
        all.put("gemma", TinyModel.gemma());
        all.put("gemma2", TinyModel.gemma2());
        all.put("gemma3", TinyModel.gemma3());
        all.put("gemma4", TinyModel.gemma4());
        all.put("falcon", TinyModel.falcon());
        all.put("mamba", TinyModel.mamba());
        all.put("bert", TinyModel.bert());
        all.put("reranker", TinyModel.reranker());
        all.put("qwen3-reranker", TinyModel.qwen3Reranker());
        all.put("t5", TinyModel.t5());
        for (String vocabulary : List.of("bert-bge", "falcon", "gpt-2", "llama-spm", "phi-3", "starcoder")) {
            TinyModel model = vocabulary.startsWith("bert") ? TinyModel.bert() : TinyModel.llama();
            all.put(model.architecture() + "-" + vocabulary, model.embeddingSize(16)
                    .vocabulary(Vocabulary.from(TestFiles.sources().resolve("models/ggml-vocab-" + vocabulary + ".gguf"))));
        }
        return all;
    }

    /**
     * Writes them.
     *
     * @param architectures of upstream's random models, an expression
     */
    static void write(Path folder, String architectures) {
        try {
            Path models = Files.createDirectories(folder.resolve("models"));
            Path random = Files.createDirectories(folder.resolve("random"));
            tiny().forEach((name, model) -> model.writeTo(models.resolve("tiny-" + name + ".gguf")));
            for (Path file : RandomModels.make(architectures, random)) {
                if (TOO_LARGE.stream().noneMatch(name -> file.getFileName().toString().startsWith(name + "-"))) {
                    Files.move(file, models.resolve("random-" + file.getFileName()));
                }
            }
            Path adapters = Files.createDirectories(folder.resolve("adapters"));
            for (String name : List.of("llama", "mixtral", "qwen2", "gemma2", "phi3")) {
                TinyModel model = tiny().get(name);
                TinyLora.of(model).writeTo(adapters.resolve(name + "-lora.gguf"));
                TinyLora.of(model).rank(3).invocationTokens(5, 6).writeTo(adapters.resolve(name + "-alora.gguf"));
                TinyControlVector.of(model).writeTo(adapters.resolve(name + "-vector.gguf"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> models(Path folder) {
        return files(folder.resolve("models"));
    }

    static Path model(Path folder, String name) {
        return folder.resolve("models").resolve(name + ".gguf");
    }

    static List<Path> adapters(Path folder) {
        return files(folder.resolve("adapters"));
    }

    static String name(Path file) {
        return file.getFileName().toString().replace(".gguf", "");
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
