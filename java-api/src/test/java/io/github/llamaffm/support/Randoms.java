package io.github.llamaffm.support;

import java.util.Random;

/** Random tokens that are the same in every run. */
public final class Randoms {

    private Randoms() {}

    /** Tokens of a vocabulary, from a seed that belongs into the message of a failure. */
    public static int[] tokens(long seed, int count, int vocabularySize) {
        return new Random(seed).ints(count, 0, vocabularySize).toArray();
    }
}
