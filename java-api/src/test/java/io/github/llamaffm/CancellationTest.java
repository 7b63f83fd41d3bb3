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
        flag.lend(cancellation, 5);
        assertThat(requested()).isZero();
        assertThat(lf_cancel.deadline_us(flag.struct())).isEqualTo(5);

        flag.request(cancellation);
        assertThat(requested()).isEqualTo(1);

        flag.takeBack();
        assertThat(requested()).isZero();
        assertThat(lf_cancel.deadline_us(flag.struct())).isZero();
    }

    @Test
    void doesNotStopTheNextCall() {
        flag.lend(cancellation, 0);
        flag.takeBack();
        flag.lend(Cancellation.create(), 0);
        flag.request(cancellation);

        assertThat(requested()).isZero();
    }

    @Test
    void stopsACallThatStartsAfterIt() {
        cancellation.cancel();
        flag.lend(cancellation, 0);

        assertThat(requested()).isEqualTo(1);
    }

    @Test
    void stopsEverythingOnceClosed() {
        flag.lend(cancellation, 0);
        flag.close();
        assertThat(requested()).isEqualTo(1);

        flag.lend(Cancellation.create(), 0);
        assertThat(requested()).isEqualTo(1);
    }

    @Test
    void reachesTheFlagThroughAStop() {
        Cancellation callers = Cancellation.create();
        try (Stop stop = new Stop(flag, callers)) {
            stop.lend();
            callers.cancel();

            assertThat(requested()).isEqualTo(1);
            assertThat(stop.requested()).isTrue();
            assertThat(stop.reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    void aStopThatEndedIsNotReached() {
        Cancellation callers = Cancellation.create();
        Stop stop = new Stop(flag, callers);
        stop.lend();
        stop.close();
        callers.cancel();

        assertThat(requested()).isZero();
        assertThat(stop.requested()).isFalse();
    }

    @Test
    void anInterruptIsACancellation() {
        try (Stop stop = new Stop(flag, Cancellation.create())) {
            Thread.currentThread().interrupt();
            assertThat(stop.requested()).isTrue();
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        }
    }

    private int requested() {
        return lf_cancel.requested(flag.struct());
    }
}
