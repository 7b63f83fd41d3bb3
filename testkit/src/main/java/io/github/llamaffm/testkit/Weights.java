package io.github.llamaffm.testkit;

import java.nio.charset.StandardCharsets;

/** The values of a tensor, by index. */
interface Weights {

    float at(long index);

    /**
     * Evenly spread random values. Integer arithmetic and one exact multiplication: the same on every machine.
     *
     * @param deviation standard deviation round the mean
     */
    static Weights random(long seed, String tensor, double mean, double deviation) {
        long start = mix(seed ^ mix(hash(tensor)));
        // A uniform distribution of this width has a standard deviation of 1.
        float width = (float) (deviation * 3.4641016151377544);
        float offset = (float) mean;
        return index -> {
            long bits = mix(start + index * 0x9E3779B97F4A7C15L);
            float unit = (bits >>> 40) * 0x1p-24f - 0.5f;
            return offset + width * unit;
        };
    }

    /** These values, with some rows multiplied: {@code factors[row]} where there is one. */
    default Weights scaled(int rowLength, float factor, java.util.BitSet rows) {
        return index -> rows.get((int) (index / rowLength)) ? at(index) * factor : at(index);
    }

    /** As negative numbers. */
    default Weights negative() {
        return index -> -Math.abs(at(index));
    }

    private static long hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
