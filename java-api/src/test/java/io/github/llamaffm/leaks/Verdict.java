package io.github.llamaffm.leaks;

/**
 * Whether something grows from round to round: the upper end of an interval of 95 % is above what the measurement itself can make
 * of nothing. See {@code docs/safety/leaks.md} for the reasons of each bound.
 *
 * @param resident bytes per round that are in memory, the JVM's own left out
 * @param allocated bytes per round that malloc handed out to native code
 * @param arenas bytes per round of FFM arenas
 * @param heap bytes per round of Java objects
 * @param threads per round
 * @param files open ones, per round
 * @param mappings per round
 */
record Verdict(Rounds kind, long rounds, boolean longRun, Trend resident, Trend allocated, Trend arenas, Trend heap, Trend threads,
               Trend files, Trend mappings) {

    /** Over all rounds together: pages that the allocator keeps, however many rounds there are. */
    static final long MOST_RESIDENT = 2 << 20;

    /** Per round: half of the smallest block that malloc has. */
    static final int MOST_ALLOCATED = 16;

    /** Per round: fewer than an object has. */
    static final int MOST_ARENAS = 8;
    static final int MOST_HEAP = 16;

    /** Over all rounds together: the JVM's own threads and the mappings of its code and of malloc come and go. */
    static final int MOST_HANDLES = 8;

    /** In a short run the JVM warms up still, and few rounds share what that takes: it finds what is large. */
    private static final int SHORT = 64;

    static Verdict of(Measurement measurement, boolean longRun) {
        return new Verdict(measurement.kind(), measurement.rounds(), longRun,
                measurement.trend(reading -> reading.resident() - reading.jvm()),
                measurement.trend(Reading::allocated),
                measurement.trend(Reading::arenas),
                measurement.trend(Reading::heap),
                measurement.trend(Reading::threads),
                measurement.trend(Reading::files),
                measurement.trend(Reading::mappings));
    }

    boolean grows() {
        int share = longRun ? 1 : SHORT;
        return resident.high() * rounds > MOST_RESIDENT
                || allocated.high() > MOST_ALLOCATED * share
                || arenas.high() > MOST_ARENAS
                || heap.high() > MOST_HEAP * share
                || threads.high() * rounds > MOST_HANDLES
                || files.high() * rounds > MOST_HANDLES
                || mappings.high() * rounds > MOST_HANDLES;
    }
}
