package io.github.llamaffm.leaks;

/**
 * What a measurement says: whether something grows from round to round. The bounds are what the measurement makes of nothing, see
 * {@code docs/safety/leaks.md}.
 *
 * @param blocks that native code did not free, between the first and the last round
 * @param resident bytes per round that are in memory, the JVM's own left out
 * @param allocated bytes per round that malloc handed out to native code
 * @param arenas bytes per round of FFM arenas
 * @param heap bytes per round of Java objects
 * @param threads per round
 * @param files open ones, per round
 * @param mappings per round
 */
record Verdict(long rounds, boolean longRun, long blocks, Trend resident, Trend allocated, Trend arenas, Trend heap,
               Trend threads, Trend files, Trend mappings) {

    /** However many rounds there are: what threads that are about to end have for themselves. */
    static final int MOST_BLOCKS = 32;

    /** However many rounds there are: pages that the allocator keeps. */
    static final int MOST_RESIDENT = 2 << 20;

    /** Per round: half of the smallest block that malloc has. */
    static final int MOST_ALLOCATED = 16;

    /** Per round: less than any object has. */
    static final int MOST_ARENAS = 8;
    static final int MOST_HEAP = 16;

    /** However many rounds there are: what the JVM has one time and not the next. */
    static final int MOST_NOISE = 64 << 10;

    /** What was garbage already when the reading was taken, and is freed by another thread. */
    private static final int LATE_ARENAS = 2048;

    /** However many rounds there are: the JVM's own threads, and mappings of its code and of malloc, come and go. */
    static final int MOST_HANDLES = 8;

    /** In a short run the JVM still warms up, and few rounds share what that takes: it finds what is large. */
    private static final int SHORT = 128;

    static Verdict of(Measurement measurement, boolean longRun) {
        return new Verdict(measurement.rounds(), longRun,
                measurement.readings().getLast().blocks() - measurement.readings().getFirst().blocks(),
                measurement.trend(reading -> reading.resident() - reading.jvm()),
                measurement.trend(Reading::allocated),
                measurement.trend(Reading::arenas),
                measurement.trend(Reading::heap),
                measurement.trend(Reading::threads),
                measurement.trend(Reading::files),
                measurement.trend(Reading::mappings));
    }

    /** What can be counted one by one. */
    boolean leavesSomething() {
        return blocks > MOST_BLOCKS
                || arenas.slope() > MOST_ARENAS && arenas.slope() * rounds > LATE_ARENAS
                || threads.high() * rounds > MOST_HANDLES
                || files.high() * rounds > MOST_HANDLES
                || mappings.high() * rounds > MOST_HANDLES;
    }

    /** The upper end of an interval of 95 % is above the bound. */
    boolean grows() {
        int share = longRun ? 1 : SHORT;
        return leavesSomething()
                || resident.high() * rounds > MOST_RESIDENT
                || isAbove(allocated, MOST_ALLOCATED * share)
                || isAbove(heap, MOST_HEAP * share);
    }

    private boolean isAbove(Trend trend, int bound) {
        return trend.high() > bound && trend.high() * rounds > MOST_NOISE;
    }
}
