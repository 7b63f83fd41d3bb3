package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NativeResourceTest {

    private final List<String> events = new ArrayList<>();

    @Test
    void freesOnce() {
        Resource resource = new Resource("model", null, false);
        resource.close();
        resource.close();

        assertThat(events).containsExactly("stop model", "before model", "free model", "after model");
        assertThat(resource.isClosed()).isTrue();
    }

    @Test
    void refusesUseAfterClose() {
        Resource resource = new Resource("model", null, false);
        resource.close();

        assertThatIllegalStateException().isThrownBy(resource::enter).withMessage("the model is closed");
        assertThat(resource.tryEnter()).isFalse();
        assertThat(resource.pointer().scope().isAlive()).as("what the JDK checks").isFalse();
    }

    @Test
    void childrenPinTheirParent() {
        Resource parent = new Resource("model", null, false);
        Resource first = new Resource("context", parent, true);
        Resource second = new Resource("context", parent, true);
        Resource third = new Resource("sampler", parent, true);

        assertThatIllegalStateException()
                .isThrownBy(parent::close)
                .withMessage("the model is still used by 3 open objects (2 contexts, 1 sampler); close what uses it first");
        first.close();
        second.close();
        assertThatIllegalStateException()
                .isThrownBy(parent::close)
                .withMessage("the model is still used by 1 open object (1 sampler); close what uses it first");
        third.close();
        parent.close();

        assertThat(events).containsSubsequence("free context", "free context", "free sampler", "free model");
    }

    @Test
    void oneThreadAtATimeWhereExclusive() throws InterruptedException {
        Resource resource = new Resource("context", null, true);
        String user = Thread.currentThread().getName();
        resource.enter();
        resource.enter();
        inAnotherThread(() -> {
            assertThatExceptionOfType(ConcurrentUseException.class)
                    .isThrownBy(resource::enter)
                    .withMessage("the context is in use by thread %s; one thread at a time may use it", user);
            assertThat(resource.tryEnter()).isFalse();
        });
        resource.exit();
        inAnotherThread(() -> assertThat(resource.tryEnter()).isFalse());
        resource.exit();
        inAnotherThread(() -> {
            assertThat(resource.tryEnter()).isTrue();
            resource.exit();
        });
        resource.close();
    }

    /** As where another thread closes an adapter that the context computed with: its user did nothing wrong. */
    @Test
    void waitsForWhatIsDoneInPassing() throws InterruptedException {
        Resource resource = new Resource("context", null, true);
        // One after the other: two users at once are refused, as ever.
        waitsFor(resource, resource::enter);
        waitsFor(resource, resource::enterToMake);

        assertThat(events).containsExactly("call", "call");
        resource.close();
    }

    private void waitsFor(Resource resource, Runnable entry) throws InterruptedException {
        assertThat(resource.tryEnter()).isTrue();
        Thread caller = Thread.ofPlatform().start(() -> {
            entry.run();
            events.add("call");
            resource.exit();
        });
        while (caller.isAlive() && caller.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        resource.exit();
        caller.join();
    }

    @Test
    void manyThreadsWhereShared() throws InterruptedException {
        Resource resource = new Resource("model", null, false);
        resource.enter();
        inAnotherThread(() -> {
            resource.enter();
            resource.exit();
        });
        resource.exit();
        resource.close();
    }

    @Test
    void stopsAndAwaitsCallsBeforeItFrees() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Resource resource = new Resource("context", null, true) {
            @Override
            void stopCalls() {
                stopped.countDown();
            }
        };
        resource.enter();
        Thread closer = Thread.ofPlatform().start(resource::close);
        stopped.await();
        assertThatIllegalStateException().isThrownBy(resource::enter);
        assertThat(events).as("not freed under the call").isEmpty();
        resource.exit();
        closer.join();

        assertThat(events).containsExactly("before context", "free context", "after context");
    }

    @Test
    void aSecondCloseWaitsForTheFirst() throws InterruptedException {
        Resource resource = new Resource("context", null, true);
        resource.enter();
        Thread first = Thread.ofVirtual().start(resource::close);
        Thread second = Thread.ofVirtual().start(resource::close);
        resource.exit();
        second.join();
        assertThat(events).contains("free context");
        first.join();
    }

    @Test
    void aChildMadeWhileItsParentCloses() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Resource parent = new Resource("model", null, false) {
            @Override
            void stopCalls() {
                stopped.countDown();
            }
        };
        parent.enter();
        List<Throwable> thrown = new ArrayList<>();
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                parent.close();
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        });
        stopped.await();
        Resource child = new Resource("context", parent, true);
        parent.exit();
        closer.join();

        assertThat(thrown).singleElement().asString().contains("1 open object (1 context)");
        assertThat(parent.isClosed()).isFalse();
        child.close();
        parent.close();
        assertThat(events).contains("free model");
    }

    @Test
    void isFreedWhereWhatComesBeforeFails() {
        Resource parent = new Resource("model", null, false);
        Resource resource = new Resource("context", parent, true) {
            @Override
            void beforeFree() {
                throw new UnsupportedOperationException("before " + isClosed());
            }
        };
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(resource::close).withMessage("before true");
        assertThat(events).contains("free context", "after context");
        resource.close();
        assertThat(resource.isFreed()).isTrue();
        parent.close();
    }

    @Test
    void doesNotPinItsParentWhereWhatComesAfterFails() {
        Resource parent = new Resource("model", null, false);
        Resource resource = new Resource("context", parent, true) {
            @Override
            void afterFree() {
                throw new UnsupportedOperationException("after");
            }
        };
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(resource::close).withMessage("after");
        resource.close();
        parent.close();
        assertThat(events).contains("free model");
    }

    /** Else the second one would say that it closed what is open. */
    @Test
    void aSecondCloseTakesThePlaceOfAFirstThatGaveUp() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Resource parent = new Resource("model", null, false) {
            @Override
            void stopCalls() {
                stopped.countDown();
            }
        };
        parent.enter();
        List<Throwable> thrown = new ArrayList<>();
        Thread first = Thread.ofPlatform().unstarted(parent::close);
        Thread second = Thread.ofPlatform().unstarted(parent::close);
        for (Thread closer : List.of(first, second)) {
            closer.setUncaughtExceptionHandler((_, e) -> {
                synchronized (thrown) {
                    thrown.add(e);
                }
            });
        }
        first.start();
        stopped.await();
        second.start();
        while (second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        Resource child = new Resource("context", parent, true);
        parent.exit();
        first.join();
        second.join();

        assertThat(thrown).hasSize(2).allSatisfy(e -> assertThat(e).hasMessageContaining("1 open object (1 context)"));
        child.close();
        parent.close();
    }

    @Test
    void whatCannotBeMadeIsNotFreed() {
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> new NativeResource("model", null, false, () -> {
            throw new UnsupportedOperationException();
        }, _ -> events.add("free")) {});
        assertThat(events).isEmpty();
    }

    /** Work of a virtual thread runs on another one, from where its own resource is not in use by somebody else. */
    @Test
    void workOnAWorkerIsTheCallOfWhoWaitsForIt() throws InterruptedException {
        Resource resource = new Resource("context", null, true);
        try (Worker worker = new Worker("test-worker")) {
            resource.enter();
            worker.runAside(() -> {
                assertThat(Thread.currentThread().getName()).isEqualTo("test-worker");
                resource.enter();
                assertThatIllegalStateException()
                        .isThrownBy(resource::close)
                        .withMessage("the context cannot be closed from inside a call of it");
                resource.exit();
                return null;
            }, () -> {});
            resource.exit();
        }
        resource.close();
    }

    private static void inAnotherThread(Runnable work) throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        Thread thread = Thread.ofPlatform().unstarted(work);
        thread.setUncaughtExceptionHandler((_, e) -> thrown.add(e));
        thread.start();
        thread.join();
        assertThat(thrown).isEmpty();
    }

    private class Resource extends NativeResource {

        private final String name;

        Resource(String name, @Nullable NativeResource parent, boolean exclusive) {
            super(name, parent, exclusive, () -> MemorySegment.ofAddress(4096), _ -> events.add("free " + name));
            this.name = name;
            made();
        }

        @Override
        void stopCalls() {
            events.add("stop " + name);
        }

        @Override
        void beforeFree() {
            events.add("before " + name);
        }

        @Override
        void afterFree() {
            events.add("after " + name);
        }
    }
}
