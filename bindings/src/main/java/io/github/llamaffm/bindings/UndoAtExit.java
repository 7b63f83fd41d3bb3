package io.github.llamaffm.bindings;

import java.io.IOException;

/**
 * Undoes what was begun, such as a file that is being written, where the process ends in order before it is done. Nothing of
 * it stays registered after {@link #close()}.
 */
public final class UndoAtExit implements AutoCloseable {

    private final Thread hook;

    private UndoAtExit(Thread hook) {
        this.hook = hook;
    }

    /**
     * Begins.
     *
     * @param undo runs at the end of the process, at the same time as what it undoes
     * @throws IOException if the process is ending: it is undone at once
     */
    public static UndoAtExit of(Runnable undo) throws IOException {
        Thread hook = Thread.ofPlatform().name("llama-ffm-undo").unstarted(undo);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            undo.run();
            throw new IOException("the process is ending", e);
        }
        return new UndoAtExit(hook);
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
