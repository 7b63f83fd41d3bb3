package io.github.llamaffm.hostile;

/**
 * One case, as a journal tells it.
 *
 * @param stage    the last thing that was tried
 * @param refused  whether the hostile bytes were refused; else they were used
 * @param abort    text of an abort that was caught
 * @param crash    how it ended its child, in a line; empty: it did not
 */
record Trial(Kind attack, int number, String kind, String base, String description, String stage, boolean refused, String exception, String text,
             String abort, long milliseconds, long grown, String crash) {

    boolean crashed() {
        return !crash.isEmpty();
    }

    /** For a person, with what replays it. */
    String report(long seed, double percent) {
        return "%s %d (-Dhostile.percent=%s -Dhostile.seed=%d -Dhostile.case=%s:%d): %s%n    %s of %s: %s%n    while: %s".formatted(
                attack, number, percent, seed, attack, number, crash, kind, base, description, stage);
    }
}
