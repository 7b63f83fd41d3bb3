package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntListTest {

    private final IntList list = new IntList();

    @Test
    void keepsEveryValueInOrder() {
        for (int i = 0; i < 1000; i++) {
            list.add(i);
        }
        list.addAll(IntStream.range(1000, 5000).toArray());

        assertThat(list.size()).isEqualTo(5000);
        assertThat(list.toArray()).isEqualTo(IntStream.range(0, 5000).toArray());
        assertThat(list.get(4999)).isEqualTo(4999);
    }

    @Test
    void dropsWhatIsTruncated() {
        list.addAll(new int[] {1, 2, 3});
        list.truncate(1);

        assertThat(list.toArray()).containsExactly(1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> list.get(1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> list.truncate(2));
    }

    @Test
    void changesAndRemovesValuesInside() {
        list.addAll(new int[] {1, 2, 3, 4, 5});
        list.set(0, 9);
        list.remove(1, 3);

        assertThat(list.toArray()).containsExactly(9, 4, 5);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> list.set(3, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> list.remove(2, 4));
    }
}
