package io.github.llamaffm.cli.bench;

/** Is told what is being measured. Never while it is. */
public interface Progress {

    /**
     * Something begins.
     *
     * @param benchmark which one of how many
     * @param what is being done
     * @param fraction of everything that is done, from 0 to 1
     */
    void step(String benchmark, String what, double fraction);

    /** A result is about to be printed. */
    void pause();
}
