package io.github.llamaffm.fuzz;

import io.github.llamaffm.Generation;
import java.util.Iterator;

/** A generation with its one iterator. */
final class Answer implements AutoCloseable {

    private final Generation generation;
    private Iterator<String> pieces;

    Answer(Generation generation) {
        this.generation = generation;
    }

    Generation generation() {
        return generation;
    }

    synchronized Iterator<String> pieces() {
        if (pieces == null) {
            pieces = generation.iterator();
        }
        return pieces;
    }

    @Override
    public void close() {
        generation.close();
    }
}
