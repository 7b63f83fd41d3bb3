package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.internal.HostMemory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryPlannerTest {

    private static final int STEP = 256;
    private static final Device CPU = new Device("CPU", "", "", Device.Type.CPU, "CPU", 0, 0);

    /** Straight lines, with and without a window up to which a cache grows faster. */
    @Test
    void findsTheLargestContextThatFitsWithFewMeasurements() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            int most = random.nextInt(1, 1 << 20);
            long window = random.nextInt(1 << 16);
            long inWindow = random.nextInt(1000);
            long perToken = random.nextInt(1, 1000);
            long free = random.nextLong(1, 1 << 30);
            AtomicInteger measurements = new AtomicInteger();

            OptionalInt largest = MemoryPlanner.largest(STEP, most, size -> {
                measurements.incrementAndGet();
                return excess(size, window, inWindow, perToken, free);
            });

            OptionalInt expected = IntStream.concat(
                            IntStream.rangeClosed(1, (most - 1) / STEP).map(n -> n * STEP), IntStream.of(most))
                    .filter(size -> excess(size, window, inWindow, perToken, free) <= 0)
                    .max();
            assertThat(largest).as("seed %d, round %d", seed, i).isEqualTo(expected);
            assertThat(measurements.get()).as("seed %d, round %d", seed, i).isLessThan(30);
        }
    }

    private static long excess(long size, long window, long inWindow, long perToken, long free) {
        return Math.min(size, window) * inWindow + size * perToken - free;
    }

    @Test
    void measuresTwiceMoreWhereMemoryGrowsInAStraightLine() {
        AtomicInteger measurements = new AtomicInteger();

        assertThat(MemoryPlanner.largest(STEP, 1 << 20, size -> {
            measurements.incrementAndGet();
            return size * 23_040L - 5_000_000_000L;
        })).hasValue((int) (5_000_000_000L / 23_040 / STEP * STEP));
        assertThat(measurements.get()).as("at both ends, where the line crosses, and one step above").isEqualTo(4);
    }

    @Test
    void anIntegratedGpuTakesTheMemoryOfTheHost() {
        Device gpu = new Device("iGPU", "", "", Device.Type.INTEGRATED_GPU, "Vulkan", 1000, 1000);

        assertThat(new MemoryPlan(List.of(host(400, 1000), part(gpu, 600, 1000)), 256, OptionalInt.empty()).fits()).isTrue();
        assertThat(new MemoryPlan(List.of(host(401, 1000), part(gpu, 600, 1000)), 256, OptionalInt.empty()).fits()).isFalse();
    }

    /** Before and after the load the same must fit, whether the weights are mapped or read. */
    @Test
    void loadedWeightsAreNotCountedTwice() {
        long mib = 1 << 20;
        MemoryUse use = new MemoryUse(256, 256, List.of(new MemoryUse.Part(CPU, 500 * mib, 300 * mib, 100 * mib, 50 * mib)));
        for (boolean locked : new boolean[] {false, true}) {
            MemoryPlan before = limits(1000 * mib, false, locked).plan(use, OptionalInt.empty());
            // Mapped pages can be dropped, so the system counts them as free, unless they are locked.
            MemoryPlan after = limits((locked ? 500 : 800) * mib, true, locked).plan(use, OptionalInt.empty());

            assertThat(before.parts().getFirst().available()).isEqualTo(936 * mib);
            assertThat(after).isEqualTo(before);
        }
    }

    private static MemoryLimits limits(long free, boolean loaded, boolean locked) {
        return new MemoryLimits(new HostMemory(OptionalLong.of(free), OptionalLong.empty(), 0), OptionalLong.empty(),
                OptionalLong.empty(), 0, loaded, locked);
    }

    private static MemoryPlan.Part host(long weights, long available) {
        return new MemoryPlan.Part(Optional.empty(), weights, 0, 0, 0, available);
    }

    private static MemoryPlan.Part part(Device device, long weights, long available) {
        return new MemoryPlan.Part(Optional.of(device), weights, 0, 0, 0, available);
    }
}
