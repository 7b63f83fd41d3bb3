package io.github.llamaffm.bindings;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Something that is begun, such as a file that is being written, and that is undone where the process ends in order before it is
 * done. Nothing of it stays registered after {@link #close()}.
 *
 * @param <T> what was begun
 */
public final class UndoAtExit<T> implements AutoCloseable {

    /**
     * Begins.
     *
     * @param <T> what is begun
     */
    @FunctionalInterface
    public interface Begin<T> {

        /** Such as to make a file. */
        T begin() throws IOException;
    }

    private final Consumer<T> undo;
    private final Thread hook = Thread.ofPlatform().name("llama-ffm-undo").unstarted(this::end);
    private T begun;
    private boolean ending;

    private UndoAtExit(Consumer<T> undo) {
        this.undo = undo;
    }

    /**
     * Begins, unless the process is ending.
     *
     * @param undo runs at the end of the process, at the same time as what it undoes
     * @throws IOException if the process is ending, or what {@code begin} throws
     */
    public static <T> UndoAtExit<T> of(Begin<T> begin, Consumer<T> undo) throws IOException {
        UndoAtExit<T> made = new UndoAtExit<>(undo);
        try {
            Runtime.getRuntime().addShutdownHook(made.hook);
        } catch (IllegalStateException e) {
            throw new IOException("the process is ending", e);
        }
        boolean done = false;
        try {
            made.begin(begin);
            done = true;
            return made;
        } finally {
            if (!done) {
                made.close();
            }
        }
    }

    /** What was begun. */
    public T begun() {
        return begun;
    }

    // Begun before the end, which undoes it then, or not at all.
    private synchronized void begin(Begin<T> begin) throws IOException {
        if (ending) {
            throw new IOException("the process is ending");
        }
        begun = begin.begin();
    }

    private synchronized void end() {
        ending = true;
        if (begun != null) {
            undo.accept(begun);
        }
    }

    /** It is done, or undone. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process ends just now, and finds nothing to undo.
        }
    }
}
