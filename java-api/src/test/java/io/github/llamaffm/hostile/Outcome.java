package io.github.llamaffm.hostile;

import io.github.llamaffm.LlamaException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came of one case in a child that lived on.
 *
 * @param refused   whether the hostile bytes themselves were refused, and not what was then done with them
 * @param exception class of the first exception; empty: there was none
 * @param text      its message
 * @param abort     text of an abort in native code that became that exception; empty: there was none
 */
record Outcome(boolean refused, String exception, String text, String abort) {

    static final Outcome USED = new Outcome(false, "", "", "");

    private static final Pattern ABORT = Pattern.compile("\\baborted: (.*?)(?:;|\\)?; close this context|$)", Pattern.DOTALL);

    static Outcome of(boolean refused, RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        Matcher abort = ABORT.matcher(message);
        return new Outcome(refused, e.getClass().getSimpleName(), message.substring(0, Math.min(400, message.length())),
                abort.find() ? abort.group(1) : "");
    }

    /** The first of two that says something. */
    Outcome or(Outcome later) {
        return exception.isEmpty() ? later : this;
    }

    /** @throws AssertionError if the exception is of no documented kind */
    static void requireDocumented(RuntimeException e) {
        boolean documented = e instanceof LlamaException || e.getClass() == IllegalArgumentException.class
                || e.getClass() == IllegalStateException.class || e.getClass() == UnsupportedOperationException.class;
        // A check of ours, not one of the JDK that we fell into.
        if (!documented || !(e instanceof LlamaException) && !e.getStackTrace()[0].getClassName().startsWith("io.github.llamaffm.")) {
            throw new AssertionError("an exception of no documented kind", e);
        }
    }
}
