package io.github.llamaffm;

import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The seeds of one chain. Those that were not given are one number, as in llama.cpp's tools: ours, not llama.cpp's, so that it
 * can be told.
 */
final class SamplerSeeds {

    private OptionalInt drawn = OptionalInt.empty();
    private OptionalInt given = OptionalInt.empty();

    /** The seed to use for what was asked for. */
    int use(OptionalInt asked) {
        if (asked.isPresent()) {
            given = asked;
            return asked.getAsInt();
        }
        if (drawn.isEmpty()) {
            // All bits set would mean "random" to llama.cpp.
            drawn = OptionalInt.of(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
        }
        return drawn.getAsInt();
    }

    /** The one that was drawn, else the last one that was given; empty where nothing is random. */
    OptionalInt seed() {
        return drawn.isPresent() ? drawn : given;
    }
}
