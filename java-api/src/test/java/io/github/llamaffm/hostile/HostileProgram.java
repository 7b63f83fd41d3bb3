package io.github.llamaffm.hostile;

import java.nio.file.Path;
import java.util.Random;

/**
 * Runs cases of one kind. Arguments: the kind, a folder with what they start from, a journal, the seed, the first case, the
 * last one, the upstream sources.
 */
final class HostileProgram {

    private static final long MOST_SECONDS = Long.getLong("hostile.seconds", 60);
    private static final long MOST_BYTES = Long.getLong("hostile.mebibytes", 1024) << 20;

    private HostileProgram() {}

    public static void main(String[] arguments) throws Exception {
        Kind kind = Kind.valueOf(arguments[0]);
        Path folder = Path.of(arguments[1]);
        long seed = Long.parseLong(arguments[3]);
        int last = Integer.parseInt(arguments[5]);
        try (Journal journal = new Journal(Path.of(arguments[2]));
                Attack attack = kind.attack(folder, Path.of(arguments[6]))) {
            Watch watch = new Watch(journal, MOST_SECONDS, MOST_BYTES);
            for (int number = Integer.parseInt(arguments[4]); number <= last; number++) {
                journal.begin(number);
                watch.begin();
                Outcome outcome = attack.run(number, random(kind, seed, number), journal);
                journal.end(outcome, watch.end(), watch.grown());
            }
        }
        System.exit(0);
    }

    /** Mixed: generators whose seeds follow each other begin alike. */
    static Random random(Kind kind, long seed, int number) {
        long mixed = ((seed * 31 + kind.ordinal()) * 1_000_003 + number) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return new Random(mixed ^ mixed >>> 31);
    }
}
