package io.github.llamaffm.chat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Tokenizer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers that a model says one after the other, whatever it is asked, as far as grammars let it. */
final class Said {

    private final Tokenizer tokenizer;
    private final List<String> answers;
    private final AtomicInteger begun = new AtomicInteger();

    private Said(Tokenizer tokenizer, List<String> answers) {
        this.tokenizer = tokenizer;
        this.answers = answers;
    }

    /** A sampler for a call that makes so many answers. */
    static SamplerOptions inTurn(Model model, String... answers) {
        Said said = new Said(model.tokenizer(), List.of(answers));
        return SamplerOptions.of(new SamplerSpec.Custom(said::next));
    }

    private CandidateSampler next() {
        String answer = answers.get(begun.getAndIncrement());
        int[] text = tokenizer.encode(answer, false, true);
        int[] all = Asked.concat(text, new int[] {tokenizer.eot().orElseGet(() -> tokenizer.eos().orElseThrow())});
        return new Speaker(tokenizer, all);
    }

    private static final class Speaker implements CandidateSampler {
        private final Tokenizer tokenizer;
        private final int[] tokens;
        private int next;
        private boolean chosen;

        Speaker(Tokenizer tokenizer, int[] tokens) {
            this.tokenizer = tokenizer;
            this.tokens = tokens;
        }

        @Override
        public void apply(Candidates candidates) {
            if (chosen) {
                throw new AssertionError("the grammar refuses token %d of %d, '%s', behind '%s'".formatted(next, tokens.length,
                        tokenizer.decode(new int[] {tokens[next]}), tokenizer.decode(java.util.Arrays.copyOf(tokens, next))));
            }
            chosen = true;
            candidates.select(tokens[next]);
        }

        @Override
        public void accept(int token) {
            // Those of the prompt come first.
            if (chosen) {
                chosen = false;
                next++;
            }
        }
    }
}
