package io.github.llamaffm.chat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Takes down how likely each token was, in front of a sampler chain that it leaves as it is. */
final class LogProbabilities implements CandidateSampler {

    private final Tokenizer tokenizer;
    private final int alternatives;
    private final float[] logits;
    private final List<TokenProbability> tokens = new ArrayList<>();

    /** Whether the logits are those of the token that comes next. */
    private boolean fresh;

    LogProbabilities(Tokenizer tokenizer, int alternatives) {
        this.tokenizer = tokenizer;
        this.alternatives = alternatives;
        this.logits = new float[tokenizer.size()];
    }

    /** Of the tokens until now. */
    List<TokenProbability> tokens() {
        return tokens;
    }

    @Override
    public void apply(Candidates candidates) {
        if (fresh) {
            // Again, without what a grammar forbids.
            return;
        }
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < candidates.size(); i++) {
            logits[candidates.token(i)] = candidates.logit(i);
        }
        fresh = true;
    }

    @Override
    public void accept(int token) {
        if (fresh) {
            fresh = false;
            double norm = logOfSum();
            List<TokenProbability> others = IntStream.of(best()).mapToObj(other -> of(other, norm, List.of())).toList();
            tokens.add(of(token, norm, others));
        }
    }

    private TokenProbability of(int token, double norm, List<TokenProbability> others) {
        byte[] piece = tokenizer.piece(token);
        String text = piece.length == 0 ? tokenizer.info(token).text() : new String(piece, StandardCharsets.UTF_8);
        return new TokenProbability(token, text, (float) (logits[token] - norm), others);
    }

    private double logOfSum() {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    /** The likeliest tokens, best first. */
    private int[] best() {
        int[] best = new int[Math.min(alternatives, logits.length)];
        int count = 0;
        for (int token = 0; token < logits.length; token++) {
            if (count == best.length && (count == 0 || logits[token] <= logits[best[count - 1]])) {
                continue;
            }
            int at = count < best.length ? count++ : count - 1;
            while (at > 0 && logits[best[at - 1]] < logits[token]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = token;
        }
        return best;
    }
}
