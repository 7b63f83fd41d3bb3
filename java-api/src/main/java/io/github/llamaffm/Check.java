package io.github.llamaffm;

/** Arguments that must lie in a range; NaN never does. */
final class Check {

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
