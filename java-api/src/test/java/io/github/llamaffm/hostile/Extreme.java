package io.github.llamaffm.hostile;

import java.util.Random;

/** Numbers that nobody tested with. */
final class Extreme {

    private static final long[] INTEGERS = {
        0, 1, 2, 3, 4, 5, 7, 8, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1000, 1024, 4096, 32767, 32768,
        65535, 65536, 65537, 1 << 20, 1 << 24, Integer.MAX_VALUE - 1L, Integer.MAX_VALUE, 1L << 31, (1L << 31) + 1, (1L << 32) - 1,
        1L << 32, 1L << 40, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE, -1, -2, -32, -128, -32768, Integer.MIN_VALUE,
    };

    private static final double[] NUMBERS = {
        0, -0.0, 1, -1, 0.5, 2, 1e-6, 1e-12, 1e-30, 1e-44, -1e-6, 1000, 1e6, 1e12, 1e30, 3.4e38, -1e30, Double.NaN, Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
    };

    private Extreme() {}

    /** Half of them near what was there. */
    static long integer(long was, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> was + random.nextInt(-3, 4);
            case 1 -> was * random.nextInt(2, 5);
            case 2 -> was / random.nextInt(2, 5);
            case 3 -> was ^ 1L << random.nextInt(33);
            default -> INTEGERS[random.nextInt(INTEGERS.length)];
        };
    }

    static double number(double was, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> was * (random.nextDouble() * 4 - 2);
            case 1 -> Float.intBitsToFloat(random.nextInt());
            default -> NUMBERS[random.nextInt(NUMBERS.length)];
        };
    }
}
