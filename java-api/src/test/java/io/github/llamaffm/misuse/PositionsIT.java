package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.Model;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.RandomModels;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with a table of learned positions has no more than that: llama.cpp aborts on a thread where nothing catches it. */
class PositionsIT {

    @Test
    void noTokenGoesBehindTheTable(@TempDir Path folder) {
        try (Model model = Model.load(RandomModels.make("^gpt2$", folder).getFirst())) {
            int positions = model.info().trainedContextSize();
            int[] tokens = new int[positions];
            Arrays.fill(tokens, 5);
            ContextOptions options = ContextOptions.builder().contextSize(4 * positions).maxSequences(2).threads(1).build();
            try (Context context = model.newContext(options);
                    Sequence sequence = context.newSequence();
                    Batch batch = context.newBatch()) {
                assertThat(context.size()).isEqualTo(positions);
                sequence.append(tokens);
                assertThat(sequence.length()).isEqualTo(positions);
                assertThatThrownBy(() -> sequence.append(5)).isInstanceOf(NoKvSpaceException.class);
                assertThatIllegalStateException().isThrownBy(() -> batch.add(sequence, 5, true)).withMessageContaining("positions");
            }
            try (Embedder embedder = model.newEmbedder()) {
                assertThat(embedder.maxTokens()).isEqualTo(positions);
            }
        }
    }
}
