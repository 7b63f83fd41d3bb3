package io.github.llamaffm.chat;

import java.io.Serial;

/** A typed answer was cut off before it was one. */
public final class IncompleteAnswerException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    private final String text;
    private final StopReason reason;

    IncompleteAnswerException(String text, StopReason reason) {
        super("the answer was cut off (%s) after %d characters; see text()".formatted(reason, text.length()), null);
        this.text = text;
        this.reason = reason;
    }

    /** The answer until then. */
    public String text() {
        return text;
    }

    /** What cut it off. */
    public StopReason reason() {
        return reason;
    }
}
