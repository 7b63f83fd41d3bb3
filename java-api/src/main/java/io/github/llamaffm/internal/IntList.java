package io.github.llamaffm.internal;

import java.util.Arrays;
import java.util.Objects;

/** A growing list of {@code int} that boxes nothing. Used by one thread at a time. */
public final class IntList {

    private static final int SMALL = 1024;

    /** A quarter of a megabyte, which a list that is longer than a few may take at once. */
    private static final int LARGE = 1 << 16;

    private final int most;
    private int[] values = new int[64];
    private int size;

    /** Of any length. */
    public IntList() {
        this(0);
    }

    /** @param most values that it is likely to have, once it has many: then it takes their room at once, and grows no more */
    public IntList(int most) {
        this.most = Math.min(most, LARGE);
    }

    /** Appends one value. */
    public void add(int value) {
        if (size == values.length) {
            grow(size + 1);
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
            grow(size + more.length);
        }
        System.arraycopy(more, 0, values, size, more.length);
        size += more.length;
    }

    private void grow(int needed) {
        int length = Math.max(2 * values.length, needed);
        values = Arrays.copyOf(values, length > SMALL ? Math.max(length, most) : length);
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
