package io.github.llamaffm;

import io.github.llamaffm.internal.IntList;
import java.util.Arrays;
import java.util.Objects;

/**
 * Tokens with their positions, which ascend: each token is added behind the last one. Where an embedding was the input, {@link
 * #EMBEDDING} stands for the token.
 */
final class History {

    /** In the place of a token. */
    static final int EMBEDDING = -1;

    /** So many tokens can follow it before positions overflow that no cache holds them. */
    private static final int MAX_POSITION = 1 << 30;

    private final IntList tokens = new IntList();
    private final IntList positions = new IntList();

    /** Whether there ever was one. */
    private boolean hasEmbeddings;

    int size() {
        return tokens.size();
    }

    int token(int index) {
        return tokens.get(index);
    }

    int position(int index) {
        return positions.get(index);
    }

    /** Of the next token, where the first {@code length} tokens are before it. */
    int positionAfter(int length) {
        return length == 0 ? 0 : position(length - 1) + 1;
    }

    int[] tokens() {
        return tokens.toArray();
    }

    /** The tokens alone. */
    int[] tokensWithoutEmbeddings() {
        return firstEmbedding(0) < 0 ? tokens() : Arrays.stream(tokens()).filter(token -> token != EMBEDDING).toArray();
    }

    /** Index of the first embedding from an index on; -1: there is none. */
    int firstEmbedding(int from) {
        for (int i = from; hasEmbeddings && i < size(); i++) {
            if (token(i) == EMBEDDING) {
                return i;
            }
        }
        return -1;
    }

    /** @throws IllegalStateException if something from an index on cannot be computed again, because it was an embedding */
    void requireTokens(int from) {
        int embedding = firstEmbedding(from);
        if (embedding >= 0) {
            throw new IllegalStateException(("input %d of the sequence was an embedding, which is not kept: it cannot be computed"
                    + " again; ask for the logits of its row when you decode it").formatted(embedding));
        }
    }

    /** @param token or {@link #EMBEDDING} */
    void add(int token) {
        hasEmbeddings |= token == EMBEDDING;
        positions.add(positionAfter(size()));
        tokens.add(token);
    }

    void addAll(int[] more) {
        for (int token : more) {
            add(token);
        }
    }

    void addAll(History other) {
        for (int i = 0; i < other.size(); i++) {
            tokens.add(other.token(i));
            hasEmbeddings |= other.token(i) == EMBEDDING;
            positions.add(other.position(i));
        }
    }

    /** Takes the place of everything. */
    void replace(int[] newTokens, int[] newPositions) {
        truncate(0);
        tokens.addAll(newTokens);
        positions.addAll(newPositions);
        hasEmbeddings = Arrays.stream(newTokens).anyMatch(token -> token == EMBEDDING);
    }

    int[] positions() {
        return positions.toArray();
    }

    void truncate(int length) {
        tokens.truncate(length);
        positions.truncate(length);
    }

    void remove(int from, int to) {
        tokens.remove(from, to);
        positions.remove(from, to);
    }

    /**
     * Whether positions stay ascending, from 0 on.
     *
     * @param end how many tokens have positions of their own; those behind it follow
     */
    boolean canShift(int from, int to, int by, int end) {
        if (from == to) {
            return true;
        }
        long first = (long) position(from) + by;
        long last = (long) position(to - 1) + by;
        return first >= positionAfter(from)
                && last < (to < end ? position(to) : MAX_POSITION);
    }

    void shift(int from, int to, int by) {
        for (int i = from; i < to; i++) {
            positions.set(i, position(i) + by);
        }
    }

    /** Gives the tokens from an index on the positions that follow without a gap. */
    void renumber(int from) {
        for (int i = Objects.checkIndex(from, size() + 1); i < size(); i++) {
            positions.set(i, positionAfter(i));
        }
    }
}
