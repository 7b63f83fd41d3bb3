package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Tokenizer;
import java.util.SplittableRandom;

/** Tokens as llama-bench draws them: any of the vocabulary, the same ones in each process. */
final class RandomTokens {

    private final SplittableRandom random = new SplittableRandom(1);
    private final int vocabulary;

    /** Negative: the vocabulary adds none. */
    private final int bos;

    RandomTokens(Tokenizer tokenizer) {
        vocabulary = tokenizer.size();
        bos = tokenizer.addsBos() ? tokenizer.bos().orElse(-1) : -1;
    }

    /** The first one of a prompt. */
    int first() {
        return bos >= 0 ? bos : next();
    }

    int next() {
        return random.nextInt(vocabulary);
    }

    int[] some(int length) {
        return random.ints(length, 0, vocabulary).toArray();
    }

    int[] prompt(int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = i == 0 ? first() : next();
        }
        return tokens;
    }
}
