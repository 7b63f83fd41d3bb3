package io.github.llamaffm.leaks;

/** What is done again and again; what all rounds share is made before the first and closed after the last. */
interface Round extends AutoCloseable {

    /** @param number from 0 on: rounds differ by it */
    void run(int number) throws Exception;

    @Override
    default void close() throws Exception {}
}
