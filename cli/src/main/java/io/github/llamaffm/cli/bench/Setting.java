package io.github.llamaffm.cli.bench;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.KvType;
import java.util.OptionalInt;

/**
 * What tests are run with.
 *
 * @param model as it was named
 * @param gpuLayers negative: all
 * @param threads empty: the library's default
 */
record Setting(String model, int gpuLayers, int batch, int ubatch, KvType keyType, KvType valueType, FlashAttention flashAttention,
               OptionalInt threads) {

    /** Whether both are tests of one loaded model. */
    boolean sharesModel(Setting other) {
        return model.equals(other.model) && gpuLayers == other.gpuLayers;
    }

    ContextOptions.Builder contextOptions() {
        ContextOptions.Builder builder = ContextOptions.builder()
                .batchSize(batch)
                .ubatchSize(ubatch)
                .keyType(keyType)
                .valueType(valueType)
                .flashAttention(flashAttention);
        threads.ifPresent(builder::threads);
        return builder;
    }

    /** As llama.cpp numbers it. */
    int flashAttentionNumber() {
        return switch (flashAttention) {
            case AUTO -> -1;
            case OFF -> 0;
            case ON -> 1;
        };
    }
}
