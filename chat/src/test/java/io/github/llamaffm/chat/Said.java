package io.github.llamaffm.chat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A text that a model says, whatever it is asked. Where a grammar refuses more of it, it ends there, if it may. */
final class Said implements CandidateSampler {

    private final Tokenizer tokenizer;
    private final int[] tokens;
    private int next;
    private int chosen;

    private Said(Tokenizer tokenizer, int[] tokens) {
        this.tokenizer = tokenizer;
        this.tokens = tokens;
    }

    static Said of(Model model, String text) {
        Tokenizer tokenizer = model.tokenizer();
        int end = tokenizer.eot().orElseGet(() -> tokenizer.eos().orElseThrow());
        return new Said(tokenizer, Asked.concat(tokenizer.encode(text, false, true), new int[] {end}));
    }

    /** For a call that makes so many answers. */
    static SamplerOptions inTurn(CandidateSampler... answers) {
        List<CandidateSampler> all = List.of(answers);
        AtomicInteger begun = new AtomicInteger();
        return SamplerOptions.of(new SamplerSpec.Custom(() -> all.get(begun.getAndIncrement())));
    }

    /** For a call that makes so many answers. */
    static SamplerOptions inTurn(Model model, String... answers) {
        return inTurn(Arrays.stream(answers).map(text -> of(model, text)).toArray(CandidateSampler[]::new));
    }

    /** In front of a chain all tokens are there, in order. */
    @Override
    public void apply(Candidates candidates) {
        int token = chosen++ == 0 ? tokens[next] : tokens[tokens.length - 1];
        if (candidates.logit(token) == Float.NEGATIVE_INFINITY) {
            throw new AssertionError("refused: '%s' behind '%s'".formatted(
                    tokenizer.decode(tokens[next]), tokenizer.decode(Arrays.copyOf(tokens, next))));
        }
        candidates.select(token);
    }

    /** What of it was said. */
    @Override
    public String toString() {
        return tokenizer.decode(Arrays.copyOf(tokens, Math.min(next, tokens.length - 1)));
    }

    @Override
    public void accept(int token) {
        // Those of the prompt come first.
        if (chosen > 0) {
            next += token == tokens[next] ? 1 : 0;
            chosen = 0;
        }
    }
}
