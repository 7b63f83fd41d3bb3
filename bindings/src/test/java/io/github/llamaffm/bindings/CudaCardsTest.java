package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CudaCardsTest {

    private final LoadLog log = new LoadLog();

    @Test
    void theOldestOfTheCompilersList() {
        assertThat(CudaCards.oldest("750,800,860,1200")).isEqualTo(75);
        assertThat(CudaCards.oldest("900, 500")).isEqualTo(50);
        assertThat(CudaCards.oldest("")).isZero();
    }

    @Test
    void anOldCardBesideNewOnes() {
        assertThat(new CudaCards(List.of(61, 75, 90), 75, 3).leaveOut(log)).isEmpty();

        assertThat(log.leftOut()).containsOnlyKeys("CUDA0");
        assertThat(log.candidates()).singleElement().asString()
                .startsWith("CUDA0: REJECTED, the GPU has compute capability 6.1, the module has code for 7.5 and newer. To use it, take ");
    }

    @Test
    void oldCardsOnly() {
        assertThat(new CudaCards(List.of(61, 86), 90, 2).leaveOut(log)).hasValueSatisfying(
                reason -> assertThat(reason).hasMessage("the GPU has compute capability 6.1, the module has code for 9.0 and newer"));
        assertThat(log.leftOut()).containsOnlyKeys("CUDA0", "CUDA1");
    }

    @Test
    void whatIsNotKnownIsUsed() {
        assertThat(new CudaCards(List.of(61), 0, 1).leaveOut(log)).isEmpty();
        assertThat(new CudaCards(List.of(0), 75, 1).leaveOut(log)).isEmpty();
        assertThat(new CudaCards(List.of(), 75, 1).leaveOut(log)).isEmpty();
        assertThat(log.leftOut()).isEmpty();
    }

    @Test
    void cardsThatAreShownAsSeveral() {
        new CudaCards(List.of(61, 90), 75, 5).leaveOut(log);

        assertThat(log.leftOut()).containsOnlyKeys("CUDA0", "CUDA2", "CUDA4");
    }
}
