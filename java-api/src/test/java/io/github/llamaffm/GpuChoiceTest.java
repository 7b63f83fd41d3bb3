package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which devices are chosen for a model of 32 layers and an output layer, each of which takes 100 MiB. */
class GpuChoiceTest {

    private static final long MIB = 1 << 20;
    private static final int LAYERS = 32;
    private static final long LAYER = 100 * MIB;
    private static final long MODEL = (LAYERS + 1) * LAYER;

    private final List<Device> devices = new ArrayList<>();
    private int trials;

    /** @param usable beside what is left free */
    private Device gpu(String name, String backend, Device.Type type, long usable) {
        Device device = new Device(name, "", "", type, backend, usable + GpuChoice.MARGIN, usable + 2 * GpuChoice.MARGIN);
        devices.add(device);
        return device;
    }

    private Device cuda(String name, long usable) {
        return gpu(name, "CUDA", Device.Type.GPU, usable);
    }

    /** As llama.cpp spreads layers: by the shares, or by free memory. */
    private GpuChoice.Trial trial(ModelOptions options) {
        return trial(options, 8192);
    }

    private GpuChoice.Trial trial(ModelOptions options, int contextSize) {
        trials++;
        List<Device> used = options.devices().isEmpty() ? devices : options.devices();
        List<Float> shares = options.tensorSplit().isEmpty()
                ? used.stream().map(device -> (float) device.memoryFree()).toList() : options.tensorSplit();
        double sum = shares.stream().mapToDouble(Float::doubleValue).sum();
        int layers = Math.min(options.gpuLayers().orElse(LAYERS + 1), LAYERS + 1);
        List<MemoryPlan.Part> parts = new ArrayList<>();
        parts.add(new MemoryPlan.Part(Optional.empty(), MODEL - layers * LAYER, 0, 0, 0, MODEL));
        double before = 0;
        for (int i = 0; i < used.size(); i++) {
            double after = before + shares.get(i);
            long onDevice = Math.round(layers * after / sum) - Math.round(layers * before / sum);
            parts.add(new MemoryPlan.Part(Optional.of(used.get(i)), onDevice * LAYER, 0, 0, 0, used.get(i).memoryFree()));
            before = after;
        }
        return new GpuChoice.Trial(new MemoryPlan(parts, contextSize, OptionalInt.empty()), LAYERS, List.of());
    }

    private GpuChoice choose() {
        return GpuChoice.of(ModelOptions.defaults(), this::trial);
    }

    private static List<Device> devices(GpuChoice choice) {
        return choice.options().devices();
    }

    @Test
    void oneGpuThatHoldsItNeedsOneTrial() {
        cuda("CUDA0", MODEL);

        assertThat(choose()).isEqualTo(new GpuChoice(ModelOptions.defaults(), ""));
        assertThat(trials).isEqualTo(1);
    }

    @Test
    void theOneWithMostFreeMemoryOfThoseThatHoldIt() {
        cuda("CUDA0", MODEL / 2);
        cuda("CUDA1", MODEL);
        Device largest = cuda("CUDA2", MODEL + LAYER);

        assertThat(devices(choose())).containsExactly(largest);
        assertThat(trials).isEqualTo(2);
    }

    @Test
    void thisMachineComesBeforeAServer() {
        gpu("RPC0", "RPC", Device.Type.GPU, 10 * MODEL);
        Device local = cuda("CUDA0", MODEL);

        assertThat(devices(choose())).containsExactly(local);
    }

    @Test
    void aServerThatHoldsItComesBeforeSeveralDevices() {
        Device server = gpu("RPC0", "RPC", Device.Type.GPU, 2 * MODEL);
        cuda("CUDA0", MODEL / 2);

        assertThat(devices(choose())).containsExactly(server);
    }

    @Test
    void noMoreDevicesThanAreNeeded() {
        Device second = cuda("CUDA0", MODEL / 2 + 4 * LAYER);
        Device first = cuda("CUDA1", MODEL / 2 + 5 * LAYER);
        cuda("CUDA2", LAYER);

        GpuChoice choice = choose();
        assertThat(devices(choice)).containsExactly(first, second);
        assertThat(choice.shortfall()).isEmpty();
        assertThat(choice.options().gpuLayers()).isEmpty();
    }

    @Test
    void asManyLayersAsFitWhereAllAreTooMany() {
        for (int fits : new int[] {1, 2, 16, 31, 32}) {
            devices.clear();
            trials = 0;
            Device only = cuda("CUDA0", fits * LAYER + LAYER / 2);

            GpuChoice choice = choose();
            assertThat(choice.options().gpuLayers()).hasValue(fits);
            assertThat(devices(choice)).containsExactly(only);
            assertThat(choice.shortfall()).startsWith(fits + " of 33 layers fit on GPUs (CUDA0: ");
            assertThat(trials).isLessThanOrEqualTo(7);
        }
    }

    @Test
    void theCpuWhereNoLayerFits() {
        cuda("CUDA0", LAYER / 2);

        GpuChoice choice = choose();
        assertThat(choice.options().splitMode()).isEqualTo(SplitMode.NONE);
        assertThat(choice.options().mainGpu()).isEqualTo(-1);
        assertThat(choice.shortfall()).startsWith("none of 33 layers fit on GPUs (CUDA0: 52 MB, and 1 GiB of each stays free), the rest is");
    }

    @Test
    void theWeightsAloneWhereNoContextCanBeMade() {
        cuda("CUDA0", 2 * LAYER);

        assertThat(choose().shortfall()).contains(" with a context of 8192 tokens. ");
        assertThat(GpuChoice.of(ModelOptions.defaults(), options -> trial(options, 0)).shortfall())
                .startsWith("2 of 33 layers fit").contains(" for the weights alone. ");
    }

    /** Its memory is the host's, which keeps what lies there already. */
    @Test
    void anIntegratedGpuTakesWhatTheHostCanSpare() {
        gpu("Vulkan0", "Vulkan", Device.Type.INTEGRATED_GPU, 2 * MODEL);

        assertThat(choose().options()).isEqualTo(ModelOptions.defaults());
    }

    @Test
    void whatTheOptionsSayIsNoChoice() {
        Device gpu = cuda("CUDA0", MODEL);
        assertThat(ModelOptions.defaults().leavesDevicesOpen()).isTrue();
        assertThat(ModelOptions.builder().requireGpu().expertsOnCpu(true).build().leavesDevicesOpen()).isTrue();
        assertThat(Stream.of(ModelOptions.builder().gpuLayers(3), ModelOptions.builder().devices(gpu), ModelOptions.builder().tensorSplit(1),
                ModelOptions.builder().splitMode(SplitMode.ROW), ModelOptions.builder().vocabularyOnly(true),
                ModelOptions.builder().tensorPlacement("x", gpu)))
                .allSatisfy(options -> assertThat(options.build().leavesDevicesOpen()).isFalse());
    }
}
