package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.LoadMode;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.support.TestFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Progress of a load, and the ways to end it. */
class LoadCancellationIT {

    private static ModelOptions.Builder options() {
        return ModelOptions.builder().loadMode(LoadMode.READ);
    }

    @Test
    void progressGoesFromZeroToOne() {
        List<Double> fractions = new ArrayList<>();

        Model.load(TestFiles.model(), options().progress(fractions::add).build()).close();

        assertThat(fractions).hasSizeGreaterThan(100).isSorted().allMatch(fraction -> fraction >= 0 && fraction <= 1);
        assertThat(fractions.getFirst()).isLessThan(0.1);
        assertThat(fractions.getLast()).isEqualTo(1);
    }

    @Test
    void aTokenEndsTheLoadAtTheNextTensor() {
        Cancellation cancellation = Cancellation.create();
        List<Double> fractions = new ArrayList<>();

        assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> Model.load(TestFiles.model(), options()
                .cancellation(cancellation)
                .progress(fraction -> {
                    fractions.add(fraction);
                    if (fraction > 0.5) {
                        cancellation.cancel();
                    }
                }).build()));

        assertThat(fractions.stream().filter(fraction -> fraction > 0.5)).hasSize(1);
    }

    @Test
    void whatTheListenerThrowsComesOut() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Model.load(TestFiles.model(), options().progress(fraction -> {
                    throw new IllegalStateException("enough");
                }).build()))
                .withMessage("enough");
    }

    static Stream<Thread.Builder> threads() {
        return Stream.of(Thread.ofPlatform().name("platform"), Thread.ofVirtual().name("virtual"));
    }

    @ParameterizedTest
    @MethodSource("threads")
    void anInterruptEndsTheLoad(Thread.Builder builder) {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = builder.unstarted(() -> {
            Thread self = Thread.currentThread();
            thrown.complete(catchThrowable(() -> Model.load(TestFiles.model(), options().progress(fraction -> {
                self.interrupt();
                // It notices, cancels, and waits again: only then the load goes on.
                while (self.isInterrupted() || self.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
            }).build())));
            interrupted.complete(self.isInterrupted());
        });
        thread.start();

        assertThat(thrown.join()).isInstanceOf(CancelledException.class);
        assertThat(interrupted.join()).as("still interrupted").isTrue();
    }

    @Test
    void anInterruptedThreadLoadsNothing() {
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> Model.load(TestFiles.model(), options().build()));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
