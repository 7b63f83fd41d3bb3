package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.bindings.generated.lf_cancel;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CancellationTest {

    private final Arena arena = Arena.ofShared();
    private final CancelFlag flag = new CancelFlag(arena);
    private final Cancellation cancellation = Cancellation.create();
    private final Stop stop = new Stop(flag, cancellation);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void tellsEveryListenerOnce() {
        AtomicInteger told = new AtomicInteger();
        cancellation.addListener(told::incrementAndGet);

        cancellation.cancel();
        cancellation.cancel();

        assertThat(told).hasValue(1);
        assertThat(cancellation.isCancelled()).isTrue();
    }

    @Test
    void tellsALateListenerAtOnce() {
        AtomicInteger told = new AtomicInteger();
        cancellation.cancel();
        cancellation.addListener(told::incrementAndGet);

        assertThat(told).hasValue(1);
    }

    @Test
    void forgetsAListenerThatWasRemoved() {
        AtomicInteger told = new AtomicInteger();
        Runnable listener = told::incrementAndGet;
        cancellation.addListener(listener);
        cancellation.removeListener(listener);
        cancellation.cancel();

        assertThat(told).hasValue(0);
    }

    @Test
    void stopsTheCallThatItBelongsTo() {
        flag.lend(stop, 5);
        assertThat(requested()).isZero();
        assertThat(lf_cancel.deadline_us(flag.struct())).isEqualTo(5);

        cancellation.cancel();
        assertThat(requested()).isEqualTo(1);

        flag.takeBack();
        assertThat(requested()).isZero();
        assertThat(lf_cancel.deadline_us(flag.struct())).isZero();
    }

    @Test
    void doesNotStopTheNextCall() {
        flag.lend(stop, 0);
        flag.takeBack();
        flag.lend(new Stop(flag), 0);
        cancellation.cancel();

        assertThat(requested()).isZero();
    }

    /** As a listener does that was copied from the list before it was removed. */
    @Test
    void aLateRequestDoesNotStopTheNextWorkOfTheSameStop() {
        stop.cancel();
        assertThat(stop.requested()).isTrue();
        stop.close();
        stop.reset();
        stop.lend();
        flag.request(stop);

        assertThat(requested()).isZero();
        assertThat(stop.requested()).isFalse();
    }

    @Test
    void stopsACallThatStartsAfterIt() {
        cancellation.cancel();
        flag.lend(stop, 0);

        assertThat(requested()).isEqualTo(1);
    }

    @Test
    void stopsEverythingOnceClosed() {
        flag.lend(stop, 0);
        flag.close();
        assertThat(requested()).isEqualTo(1);

        flag.takeBack();
        flag.lend(new Stop(flag), 0);
        assertThat(requested()).isEqualTo(1);
    }

    @Test
    void reachesTheFlagThroughAStop() {
        stop.lend();
        cancellation.cancel();

        assertThat(requested()).isEqualTo(1);
        assertThat(stop.requested()).isTrue();
        assertThat(stop.reason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aStopThatEndedIsNotReached() {
        stop.lend();
        stop.close();
        cancellation.cancel();

        assertThat(requested()).isZero();
        assertThat(stop.requested()).isFalse();
    }

    @Test
    void anInterruptIsACancellation() {
        Thread.currentThread().interrupt();
        assertThat(stop.requested()).isTrue();
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }

    private int requested() {
        return lf_cancel.requested(flag.struct());
    }
}
