package io.github.llamaffm.benchmarks.sides;

import io.github.llamaffm.testkit.TinyModel;
import io.github.llamaffm.testkit.Vocabulary;
import io.github.llamaffm.testkit.WeightType;
import java.nio.file.Path;

/** Writes a model with random weights in the shape of Llama 3.2 1B, with another's tokenizer: 2.2 GiB, some minutes. */
public final class LargeModel {

    private LargeModel() {}

    /** {@code TOKENIZER-OF.gguf FILE}. */
    public static void main(String[] args) {
        TinyModel.llama3().layers(16).embeddingSize(2048).heads(32, 8).feedForwardSize(8192).contextSize(8192)
                .vocabulary(Vocabulary.from(Path.of(args[0]))).weightType(WeightType.F16).writeTo(Path.of(args[1]));
    }
}
