package io.github.llamaffm.families;

import io.github.llamaffm.MemoryKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of one model.
 *
 * @param group   the table it belongs to
 * @param columns what the page says of it before the results
 * @param loads   whether it could be loaded
 * @param memory  the kind of its memory; empty where nothing was computed
 * @param rows    how many rows of floats were compared
 * @param failure why something is not as it should be
 */
record FamilyResult(Group group, List<String> columns, boolean loads, Optional<MemoryKind> memory, int rows, Optional<String> failure) {

    /** A table of the page. */
    enum Group { FAMILY, VOCABULARY, ENCODER, ARCHITECTURE }

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

    /** As a line of the page. */
    String line() {
        return "| %s | %s | %s | %s | %s |".formatted(String.join(" | ", columns), loads ? "yes" : "**no**",
                memory.isPresent() ? "yes" : "**no**",
                failure.map(reason -> "**no**: " + reason).orElse(rows + " rows"),
                memory.map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', ' ')).orElse(""));
    }

    @Override
    public String toString() {
        return String.join(" ", columns);
    }
}
