package io.github.llamaffm.cli.bench;

import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Sequence;
import java.util.concurrent.CancellationException;

/** The loop of a program: a prompt, then tokens that are chosen from what comes out, and their text. */
final class SampledLoop {

    private final Sequence sequence;
    private final RandomTokens tokens;
    private final GenerateOptions.Builder options;

    SampledLoop(Sequence sequence, RandomTokens tokens, Sampling sampling) {
        this.sequence = sequence;
        this.tokens = tokens;
        this.options = GenerateOptions.builder().sampler(sampling.options());
    }

    /**
     * Computes as many tokens as the loop that does not sample. After a prompt one more is chosen than is computed.
     *
     * @return nanoseconds until the first token was chosen
     */
    long run(int prompt, int generated) {
        long start = System.nanoTime();
        int[] first = tokens.prompt(Math.max(prompt, 1));
        int count = prompt == 0 ? generated : generated + 1;
        try (Generation generation = sequence.generate(first, options.maxTokens(count).build())) {
            long begun = System.nanoTime() - start;
            for (String piece : generation) {
                // Read, as a program would.
                if (piece.isEmpty()) {
                    throw new AssertionError("an empty piece");
                }
            }
            GenerationResult result = generation.result();
            require(result, count);
            return begun + result.timings().prompt().toNanos();
        }
    }

    private static void require(GenerationResult result, int count) {
        if (result.reason() == FinishReason.CANCELLED) {
            throw new CancellationException();
        }
        if (result.tokens().length != count) {
            throw new IllegalStateException("the model ended its text after %d of %d tokens, although nothing that ends it was to be"
                    + " chosen".formatted(result.tokens().length, count));
        }
    }
}
