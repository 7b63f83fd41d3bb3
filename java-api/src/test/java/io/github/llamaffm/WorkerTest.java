package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerTest {

    private final Worker worker = new Worker("test-worker");

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void runsWorkOfAPlatformThreadWhereItIs() {
        assertThat(worker.run(Thread::currentThread, () -> {})).isSameAs(Thread.currentThread());
    }

    @Test
    void runsWorkOfVirtualThreadsOnOnePlatformThread() throws Exception {
        Thread first = inVirtualThread(() -> worker.run(Thread::currentThread, () -> {}));
        Thread second = inVirtualThread(() -> worker.run(Thread::currentThread, () -> {}));

        assertThat(first.isVirtual()).isFalse();
        assertThat(first.isDaemon()).isTrue();
        assertThat(first.getName()).isEqualTo("test-worker");
        assertThat(second).isSameAs(first);
    }

    @Test
    void throwsWhatTheWorkThrows() throws Exception {
        inVirtualThread(() -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> worker.run(() -> {
                        throw new IllegalStateException("closed");
                    }, () -> {}))
                    .withMessage("closed");
            return null;
        });
    }

    @Test
    void anInterruptThatCameBeforeCancelsWorkOfNoTime() {
        AtomicBoolean cancelled = new AtomicBoolean();
        Thread.currentThread().interrupt();

        boolean before = worker.runAside(cancelled::get, () -> cancelled.set(true));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(before).as("cancelled before it began").isTrue();
    }

    @Test
    void anInterruptCancelsAndTheWorkEndsInPeace() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        List<Boolean> interrupted = new ArrayList<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            worker.run(() -> {
                running.countDown();
                return uninterruptibly(cancelled);
            }, cancelled::countDown);
            interrupted.add(Thread.currentThread().isInterrupted());
        });
        running.await();
        waiting.interrupt();
        waiting.join();

        assertThat(interrupted).containsExactly(true);
    }

    private static boolean uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError("the worker thread was interrupted", e);
        }
    }

    private static <T> T inVirtualThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task.get();
    }
}
