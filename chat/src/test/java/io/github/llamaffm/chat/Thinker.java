package io.github.llamaffm.chat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The end of a chain that writes a plan, whatever the model wants to say: thoughts, then an answer. Where the chain leaves it no
 * choice in its thoughts, something else ends them, and the answer follows; where that is so in the answer, a grammar leads it from
 * then on, and the model writes what that allows.
 */
final class Thinker implements CandidateSampler {

    private final Tokenizer tokenizer;
    private final List<Integer> plan = new ArrayList<>();
    private final List<String> ends;
    private final int answer;
    private final StringBuilder interruption = new StringBuilder();
    private int next;
    private boolean interrupted;
    private boolean led;
    private boolean chosen;

    /**
     * A plan.
     *
     * @param thoughts with what begins them, where the prompt does not
     * @param ends what may end them
     * @param answer with what ends the thoughts, where they end by themselves
     */
    Thinker(Tokenizer tokenizer, String thoughts, List<String> ends, String answer) {
        this.tokenizer = tokenizer;
        this.ends = ends;
        add(thoughts);
        this.answer = plan.size();
        add(answer);
        plan.add(tokenizer.eot().orElseGet(() -> tokenizer.eos().orElseThrow()));
    }

    static SamplerOptions sampler(Tokenizer tokenizer, String thoughts, List<String> ends, String answer) {
        return SamplerOptions.of(new SamplerSpec.Custom(() -> new Thinker(tokenizer, thoughts, ends, answer)));
    }

    /** A token for each character, so that thoughts have as many tokens as letters. */
    private void add(String text) {
        text.codePoints().mapToObj(Character::toString).flatMapToInt(letter -> IntStream.of(tokenizer.encode(letter, false, false))).forEach(plan::add);
    }

    @Override
    public void apply(Candidates candidates) {
        chosen = true;
        int best = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (!led && !interrupted && candidates.token(i) == plan.get(next) && candidates.logit(i) != Float.NEGATIVE_INFINITY) {
                candidates.select(i);
                return;
            }
            best = candidates.logit(i) > candidates.logit(best) ? i : best;
        }
        candidates.select(best);
    }

    @Override
    public void accept(int token) {
        if (!chosen) {
            // Of the prompt.
            return;
        }
        chosen = false;
        if (!led && !interrupted && token == plan.get(next)) {
            next++;
        } else if (next < answer) {
            interrupted = true;
            interruption.append(tokenizer.decode(new int[] {token}));
            if (ends.stream().anyMatch(end -> interruption.indexOf(end) >= 0)) {
                interrupted = false;
                next = answer;
            }
        } else {
            led = true;
        }
    }
}
