package io.github.llamaffm.internal;

import java.util.Arrays;

/** A growing list of {@code int} that boxes nothing. Used by one thread at a time. */
public final class IntList {

    private int[] values = new int[64];
    private int size;

    /** Appends one value. */
    public void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    /** Number of values. */
    public int size() {
        return size;
    }

    /** A copy of the values. */
    public int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
