package io.github.llamaffm.lifecycle;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import java.nio.file.Path;
import java.util.Arrays;

/** What an application does in a class loader of its own. */
public final class ClassLoaderUse {
    private ClassLoaderUse() {
    }

    /** Returns the text of the tokens that a model generates. */
    public static String run(String file, boolean close) {
        Model model = Model.load(Path.of(file), ModelOptions.builder().progress(_ -> {}).build());
        Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
        Generation generation = context.generate(new int[] {1, 2, 3}, GenerateOptions.builder().maxTokens(8).sampler(SamplerOptions.greedy()).build());
        String text = Arrays.toString(generation.result().tokens());
        byte[] piece = model.tokenizer().piece(5);
        Embedder embedder = model.newEmbedder();
        embedder.embed("Hello");
        Sequence sequence = context.newSequence();
        sequence.append(1, 2, 3);
        sequence.restore(sequence.save());
        if (close) {
            sequence.close();
            embedder.close();
            generation.close();
            context.close();
            model.close();
        }
        return text + piece.length;
    }
}
