package io.github.llamaffm.internal;

import java.util.Arrays;
import java.util.Objects;

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

    /** The value at an index. */
    public int get(int index) {
        return values[Objects.checkIndex(index, size)];
    }

    /** Appends all values. */
    public void addAll(int[] more) {
        if (values.length - size < more.length) {
            values = Arrays.copyOf(values, Math.max(2 * size, size + more.length));
        }
        System.arraycopy(more, 0, values, size, more.length);
        size += more.length;
    }

    /** Changes the value at an index. */
    public void set(int index, int value) {
        values[Objects.checkIndex(index, size)] = value;
    }

    /** Drops the values from one index to another, which is not among them. */
    public void remove(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        System.arraycopy(values, to, values, from, size - to);
        size -= to - from;
    }

    /** Drops all values from an index on. */
    public void truncate(int length) {
        size = Objects.checkIndex(length, size + 1);
    }

    /** A copy of the values. */
    public int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
