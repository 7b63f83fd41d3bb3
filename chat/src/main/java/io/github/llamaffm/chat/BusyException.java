package io.github.llamaffm.chat;

import java.io.Serial;
import java.time.Duration;

/** Other calls kept the model busy for longer than {@link ChatModelOptions#queueTimeout()}. */
public final class BusyException extends ChatException {

    @Serial
    private static final long serialVersionUID = 1;

    private final Duration waited;
    private final int ahead;

    BusyException(Duration waited, int ahead) {
        super("no turn after %s: %d calls are still ahead; ask again later, or raise queueTimeout".formatted(waited, ahead), null);
        this.waited = waited;
        this.ahead = ahead;
    }

    /** How long this call waited. */
    public Duration waited() {
        return waited;
    }

    /** Calls that still had their turn before it. */
    public int ahead() {
        return ahead;
    }
}
