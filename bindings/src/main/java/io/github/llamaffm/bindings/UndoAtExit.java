package io.github.llamaffm.bindings;

/**
 * Undoes what was begun, such as a file that is being written, where the process ends in order before it is done. Nothing of
 * it stays registered after {@link #close()}.
 */
public final class UndoAtExit implements AutoCloseable {

    private final Thread hook;

    private UndoAtExit(Runnable undo) {
        this.hook = Thread.ofPlatform().name("llama-ffm-undo").unstarted(undo);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException _) {
            // Begun while the process ends: nothing is left to wait for.
        }
    }

    /**
     * Begins.
     *
     * @param undo runs at the end of the process, at the same time as what it undoes
     */
    public static UndoAtExit of(Runnable undo) {
        return new UndoAtExit(undo);
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
