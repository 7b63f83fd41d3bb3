package io.github.llamaffm;

/** Arguments that must lie in a range; NaN never does. */
final class Check {

    /** The most that a sampler multiplies or adds. */
    static final float LIMIT = 1e6f;

    /** The most tokens that a sampler looks back. */
    static final int MAX_LAST_TOKENS = 1 << 20;

    private Check() {}

    static int range(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s %d is not in %d..%d".formatted(name, value, least, most));
        }
        return value;
    }

    static long range(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s %d is not in %d..%d".formatted(name, value, least, most));
        }
        return value;
    }

    static float range(String name, float value, float least, float most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException("%s %s is not in %s..%s".formatted(name, value, least, most));
        }
        return value;
    }
}
