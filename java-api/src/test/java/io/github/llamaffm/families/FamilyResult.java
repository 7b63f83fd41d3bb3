package io.github.llamaffm.families;

import java.util.Arrays;
import java.util.Optional;

/**
 * What became of one model.
 *
 * @param group   the table it belongs to
 * @param columns what the page says of it before the results
 * @param memory  the kind of its memory; empty where it did not load
 * @param rows    how many rows of floats were compared; 0 where it did not compute
 * @param failure why something is not as it should be
 */
record FamilyResult(Group group, String[] columns, String memory, int rows, Optional<String> failure) {

    enum Group { FAMILY, VOCABULARY, ARCHITECTURE }

    /** Compares raw bits: -0 is not 0, and one NaN is not another. */
    static Optional<String> difference(float[][] expected, float[][] actual) {
        if (expected.length != actual.length) {
            return Optional.of("%d rows instead of %d".formatted(actual.length, expected.length));
        }
        boolean varied = false;
        for (int row = 0; row < expected.length; row++) {
            if (expected[row].length != actual[row].length) {
                return Optional.of("row %d has %d floats instead of %d".formatted(row, actual[row].length, expected[row].length));
            }
            for (int i = 0; i < expected[row].length; i++) {
                if (Float.floatToRawIntBits(expected[row][i]) != Float.floatToRawIntBits(actual[row][i])) {
                    return Optional.of("row %d, float %d is %s instead of %s".formatted(row, i, actual[row][i], expected[row][i]));
                }
                if (!Float.isFinite(actual[row][i])) {
                    return Optional.of("row %d, float %d is %s".formatted(row, i, actual[row][i]));
                }
                varied |= actual[row][i] != actual[0][0];
            }
        }
        return varied ? Optional.empty() : Optional.of("every float is " + actual[0][0]);
    }

    String name() {
        return group + " " + Arrays.toString(columns);
    }

    /** As a line of the page. */
    String line() {
        boolean loads = !memory.isEmpty();
        return "| " + String.join(" | ", columns) + " | " + (loads ? "yes" : "**no**") + " | " + (rows > 0 ? "yes" : "**no**") + " | "
                + (failure.isEmpty() ? "yes, " + rows + " rows" : "**no**: " + failure.get()) + " | " + memory + " |";
    }

    @Override
    public String toString() {
        return name();
    }
}
