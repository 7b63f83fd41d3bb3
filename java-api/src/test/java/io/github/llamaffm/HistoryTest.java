package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private final History history = new History();

    @BeforeEach
    void fill() {
        history.addAll(new int[] {10, 11, 12, 13, 14, 15});
    }

    @Test
    void positionsAreIndicesAtFirst() {
        assertThat(positions()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(history.positionAfter(0)).isZero();
        assertThat(history.positionAfter(6)).isEqualTo(6);
    }

    @Test
    void removingLeavesAGapAndNewTokensFollowTheLast() {
        history.remove(1, 3);
        history.add(20);

        assertThat(history.tokens()).containsExactly(10, 13, 14, 15, 20);
        assertThat(positions()).containsExactly(0, 3, 4, 5, 6);
    }

    @Test
    void renumberingClosesGapsBehindAnIndex() {
        history.remove(1, 3);
        history.renumber(1);

        assertThat(positions()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shiftsOnlyWherePositionsStayAscendingAndInRange() {
        assertThat(history.canShift(2, 4, 1, 6)).isFalse();
        assertThat(history.canShift(2, 4, -1, 6)).isFalse();
        assertThat(history.canShift(0, 6, -1, 6)).isFalse();
        assertThat(history.canShift(4, 6, 100, 6)).isTrue();
        assertThat(history.canShift(4, 6, (1 << 30) - 6, 6)).isTrue();
        assertThat(history.canShift(4, 6, (1 << 30) - 5, 6)).isFalse();
        assertThat(history.canShift(4, 6, Integer.MAX_VALUE, 6)).isFalse();
        assertThat(history.canShift(3, 3, Integer.MIN_VALUE, 6)).isTrue();
        // The last one is not computed yet: it follows.
        assertThat(history.canShift(4, 5, 100, 5)).isTrue();

        history.shift(4, 6, 100);
        assertThat(positions()).containsExactly(0, 1, 2, 3, 104, 105);
        assertThat(history.canShift(4, 6, -100, 6)).isTrue();
        assertThat(history.canShift(4, 6, -101, 6)).isFalse();
    }

    private int[] positions() {
        return IntStream.range(0, history.size()).map(history::position).toArray();
    }
}
