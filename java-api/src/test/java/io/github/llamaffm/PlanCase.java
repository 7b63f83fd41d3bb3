package io.github.llamaffm;

import io.github.llamaffm.modeljar.ModelJar;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;

/** Configurations whose memory is planned and then measured. What each one is about takes most of its memory. */
enum PlanCase {

    ATTENTION("default model", context(16_384, 256)),
    WITHOUT_FLASH_ATTENTION("default model", context(24_576, 64).ubatchSize(16).flashAttention(FlashAttention.OFF)),
    QUANTISED("default model", context(32_768, 64).keyType(KvType.Q8_0).valueType(KvType.Q8_0).flashAttention(FlashAttention.ON)),
    STREAMS("default model", context(16_384, 128).maxSequences(4).unifiedCache(false)),
    UNIFIED("default model", context(16_384, 128).maxSequences(16).maxOutputs(64).ubatchSize(32)),
    RESOURCE("jar", context(16_384, 64)),
    MISALIGNED_RESOURCE("misaligned jar", context(16_384, 64)),
    SPLIT("split-00001-of-00003.gguf", context(16_384, 64)),
    REPACKED("q4_0.gguf", context(16_384, 64)),
    SLIDING_WINDOW("gemma3.gguf", context(32_768, 64)),
    RECURRENT("mamba.gguf", context(4096, 128).maxSequences(128)),
    EXPERTS("mixtral.gguf", context(32_768, 64).maxSequences(2));

    static final String RESOURCE_NAME = ModelJar.FOLDER + "default.gguf";

    final String file;
    final ContextOptions options;

    PlanCase(String file, ContextOptions.Builder options) {
        this.file = file;
        this.options = options.threads(1).build();
    }

    private static ContextOptions.Builder context(int size) {
        return context(size, size);
    }

    private static ContextOptions.Builder context(int size, int batch) {
        return ContextOptions.builder().contextSize(size).batchSize(batch);
    }

    /** @param folder with the files of all cases */
    ModelSource source(Path folder) {
        if (file.equals("default model")) {
            return ModelSource.path(TestFiles.model());
        }
        return file.endsWith("jar") ? ModelSource.resource(RESOURCE_NAME) : ModelSource.path(folder.resolve(file));
    }
}
