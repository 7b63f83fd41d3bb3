package io.github.llamaffm.hostile;

import java.util.Random;

/** One kind of hostile bytes: makes them, hands them to the library, uses what it makes of them. */
interface Attack extends AutoCloseable {

    /** @param random decides everything about the case; the number only what it starts from */
    Outcome run(int number, Random random, Journal journal) throws Exception;

    @Override
    default void close() {}
}
