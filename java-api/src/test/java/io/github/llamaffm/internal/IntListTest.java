package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntListTest {

    @Test
    void keepsEveryValueInOrder() {
        IntList list = new IntList();
        for (int i = 0; i < 1000; i++) {
            list.add(i);
        }

        assertThat(list.size()).isEqualTo(1000);
        assertThat(list.toArray()).isEqualTo(IntStream.range(0, 1000).toArray());
    }
}
