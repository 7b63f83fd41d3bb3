package io.github.llamaffm.chat;

import java.time.Duration;
import java.util.Optional;

/** When a call has to end, by a clock that nobody sets. */
final class Deadline {

    private final boolean exists;
    private final long nanos;

    private Deadline(boolean exists, long nanos) {
        this.exists = exists;
        this.nanos = nanos;
    }

    /** From now on; empty: never. */
    static Deadline in(Optional<Duration> limit) {
        // Longer ones do not come either.
        return limit.filter(time -> time.toDays() < 36_500)
                .map(time -> new Deadline(true, System.nanoTime() + time.toNanos()))
                .orElseGet(() -> new Deadline(false, 0));
    }

    /** What is left, at least nothing; empty: it never ends. */
    Optional<Duration> left() {
        return exists ? Optional.of(Duration.ofNanos(Math.max(0, nanos - System.nanoTime()))) : Optional.empty();
    }

    boolean isOver() {
        return left().filter(Duration::isZero).isPresent();
    }

    /** The shorter of a time and what is left. */
    Duration atMost(Duration time) {
        return left().filter(left -> left.compareTo(time) < 0).orElse(time);
    }
}
