package io.github.llamaffm.model;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.MetadataValue;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import java.nio.file.Path;
import java.util.List;

/** Tells llama.cpp wrong numbers about a model: it refuses them, or computes with them. Argument: a model with experts. */
final class SenselessOverrides {
    private static final List<String> KEYS = List.of("block_count", "attention.head_count", "attention.head_count_kv",
            "embedding_length", "feed_forward_length", "rope.dimension_count", "context_length", "vocab_size", "expert_count",
            "expert_used_count", "attention.key_length", "attention.value_length", "attention.sliding_window", "pooling_type",
            "leading_dense_block_count", "nextn_predict_layers");
    private static final List<MetadataValue> NUMBERS = List.of(MetadataValue.of(0), MetadataValue.of(1), MetadataValue.of(513),
            MetadataValue.of(Integer.MAX_VALUE), MetadataValue.of(0xFFFF_FFFFL));

    private SenselessOverrides() {
    }

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        for (String key : KEYS) {
            NUMBERS.forEach(number -> use(file, "llama." + key, number));
        }
        for (double number : new double[] {0, -1, 1e30, Double.NaN}) {
            use(file, "llama.rope.freq_base", MetadataValue.of(number));
            use(file, "llama.attention.layer_norm_rms_epsilon", MetadataValue.of(number));
        }
    }

    private static void use(Path file, String key, MetadataValue value) {
        try (Model model = Model.load(file, ModelOptions.builder().metadataOverride(key, value).build());
                Context context = model.newContext(ContextOptions.builder().contextSize(64).threads(1).build());
                Generation generation = context.generate("Hello", GenerateOptions.builder().maxTokens(2).build())) {
            generation.result();
        } catch (LlamaException refused) {
            // As it may be. Anything else ends this process.
        } catch (RuntimeException e) {
            throw new AssertionError(key + " = " + value, e);
        }
    }
}
