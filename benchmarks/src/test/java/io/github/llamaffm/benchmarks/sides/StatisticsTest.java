package io.github.llamaffm.benchmarks.sides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsTest {

    @Test
    void medianOfAnOddNumberIsTheOneInTheMiddle() {
        assertThat(Statistics.median(3, 1, 2)).isEqualTo(2);
        assertThat(Statistics.median(7)).isEqualTo(7);
    }

    @Test
    void medianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        assertThat(Statistics.median(4, 1, 3, 2)).isEqualTo(2.5);
    }

    @Test
    void medianOfNothingIsRefused() {
        assertThatThrownBy(() -> Statistics.median()).isInstanceOf(IllegalArgumentException.class);
    }

    /** Of tables of the sign test: the rank of the lower limit, 95 %, two-sided. */
    @ParameterizedTest
    @CsvSource({"1, 0", "5, 0", "6, 1", "8, 1", "9, 2", "11, 2", "12, 3", "15, 4", "17, 5", "20, 6", "25, 8", "30, 10", "50, 18", "100, 40"})
    void ranksAreThoseOfTheSignTest(int n, int rank) {
        assertThat(Statistics.rank(n)).isEqualTo(rank);
    }

    @Test
    void intervalIsMadeOfValues() {
        double[] values = IntStream.rangeClosed(1, 15).mapToDouble(i -> 16 - i).toArray();
        assertThat(Statistics.interval(values)).hasValue(new Interval(4, 12));
    }

    @Test
    void fewValuesHaveNoInterval() {
        assertThat(Statistics.interval(1, 2, 3, 4, 5)).isEmpty();
        assertThat(Statistics.interval(1, 2, 3, 4, 5, 6)).hasValue(new Interval(1, 6));
    }

    @Test
    void ratiosAreTakenPairByPair() {
        assertThat(Statistics.ratios(new double[] {1, 9}, new double[] {2, 3})).containsExactly(0.5, 3);
        assertThatThrownBy(() -> Statistics.ratios(new double[2], new double[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 values");
    }
}
