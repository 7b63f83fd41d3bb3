package io.github.llamaffm.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.Device;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Placement;
import io.github.llamaffm.SplitMode;
import io.github.llamaffm.support.RawLogits;
import io.github.llamaffm.support.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Spreads a model of 30 layers over the host and two devices in every way, and compares where its weights lie and what it
 * computes with a model that lies on the host. Arguments: the model, the addresses of two RPC servers, the process id
 * of the first,
 * a model with experts.
 */
final class Offload {
    private static final int LAYERS = 30;

    private final Path file;
    private final Device first;
    private final Device second;
    private final Path statusOfFirst;
    private int[] tokens;
    private float[] local;
    private long bytes;

    private Offload(Path file, Device first, Device second, Path statusOfFirst) {
        this.file = file;
        this.first = first;
        this.second = second;
        this.statusOfFirst = statusOfFirst;
    }

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        LlamaRuntime runtime = LlamaRuntime.instance();
        int own = runtime.devices().size();

        List<Device> first = runtime.addRpcServer(arguments[1]);
        List<Device> second = runtime.addRpcServer(arguments[2]);

        assertThat(first).singleElement().satisfies(device -> {
            assertThat(device.type()).isEqualTo(Device.Type.GPU);
            assertThat(device.backend()).isEqualTo("RPC");
            assertThat(device.id()).isEqualTo(arguments[1] + "/0");
            assertThat(device.memoryTotal()).isPositive();
        });
        assertThat(runtime.addRpcServer(arguments[1])).as("added twice").extracting(Device::name)
                .containsExactly(first.getFirst().name());
        assertThat(runtime.devices()).hasSize(own + 2);
        for (String name : List.of(second.getFirst().id(), second.getFirst().name().toLowerCase(Locale.ROOT))) {
            assertThat(runtime.device(name).name()).isEqualTo(second.getFirst().name());
        }
        assertThatIllegalArgumentException().isThrownBy(() -> runtime.device("CUDA7"))
                .withMessageContainingAll("none is 'CUDA7' of the devices [CPU, RPC", "(" + arguments[1] + "/0)");
        var offload = new Offload(file, first.getFirst(), second.getFirst(), Path.of("/proc", arguments[3], "status"));
        offload.run();
        offload.expertsStayOnTheHost(Path.of(arguments[4]));
        offload.listenersAddNoServers();
        offload.twoModelsAndWhatUnloadFrees();
    }

    private static ModelOptions.Builder options() {
        return ModelOptions.builder();
    }

    private void run() {
        // No device, and no weights rearranged for this CPU, which would round differently.
        try (Model model = Model.load(file, options().splitMode(SplitMode.NONE).mainGpu(-1).repack(false).build())) {
            tokens = model.tokenizer().encode("The capital of France is");
            local = RawLogits.of(model, tokens);
            bytes = model.info().sizeInBytes();
            assertLayers(model, LAYERS, 0, 0);
            assertThat(model.placement()).singleElement().satisfies(host -> assertThat(host.bytes()).isEqualTo(bytes));
        }
        // llama.cpp counts the output layer as one more, and offloads from the end.
        check(options().devices(first), 0, LAYERS, 0);
        check(options().devices(second), 0, 0, LAYERS);
        check(options().devices(first).gpuLayers(10), LAYERS - 9, 9, 0);
        check(options().devices(first).gpuLayers(0), LAYERS, 0, 0);
        check(options().devices(first, second).tensorSplit(1, 0), 0, LAYERS, 0);
        check(options().devices(first, second).tensorSplit(1, 2), 0, 11, 19);
        check(options().devices(second, first).tensorSplit(1, 2), 0, 19, 11);
        check(options().splitMode(SplitMode.NONE).mainGpu(1), 0, 0, LAYERS);
        check(options().gpuLayers(0).tensorPlacement("blk\\.[0-4]\\.ffn_.*", second), LAYERS - 5, 0, 5);
        check(options().devices(first, second).tensorSplit(1, 0).tensorPlacement("blk\\.0\\.ffn", cpu()).tensorPlacement("blk\\.[01]\\.ffn", second), 1, LAYERS - 2, 1);
        spreadOverTensors();
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(file, options().devices(first).splitMode(SplitMode.ROW).build()))
                .withMessageContaining("does not support split buffers");
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(file, options().splitMode(SplitMode.NONE).mainGpu(7).build()))
                .withMessageContaining("main_gpu: 7");
    }

    private static Device cpu() {
        return LlamaRuntime.instance().devices().stream()
                .filter(device -> device.type() == Device.Type.CPU).findFirst().orElseThrow();
    }

    private void check(ModelOptions.Builder options, int onHost, int onFirst, int onSecond) {
        try (Model model = Model.load(file, options.repack(false).build())) {
            assertLayers(model, onHost, onFirst, onSecond);
            assertSame(model);
        }
    }

    /** The server is the same CPU: bit for bit. */
    private void assertSame(Model model) {
        float[] logits = RawLogits.of(model, tokens);
        assertThat(Arrays.equals(logits, local))
                .as("logits with cosine %f, weights at %s", Vectors.cosine(logits, local), model.placement()).isTrue();
    }

    /** Every layer on both: other sums, so other roundings. */
    private void spreadOverTensors() {
        try (Model model = Model.load(file, options().devices(first, second).splitMode(SplitMode.TENSOR).build())) {
            assertThat(model.placement()).hasSize(2).last().satisfies(both -> {
                assertThat(both.device().type()).isEqualTo(Device.Type.META);
                assertThat(both.layers()).isEqualTo(LAYERS);
            });
            assertThat(Vectors.cosine(RawLogits.of(model, tokens), local)).isGreaterThan(0.998);
        }
    }

    private void assertLayers(Model model, int onHost, int onFirst, int onSecond) {
        List<Placement> placement = model.placement();
        assertThat(placement.getFirst().device().type()).isEqualTo(Device.Type.CPU);
        assertThat(List.of(layers(placement, cpu()), layers(placement, first), layers(placement, second)))
                .as("%s", placement).containsExactly(onHost, onFirst, onSecond);
        assertThat(placement).as("bytes where there are layers")
                .allMatch(place -> place.layers() == 0 || place.bytes() > place.layers() * bytes / 100);
        // The table of token embeddings lies on the host, and once more where the output layer is.
        assertThat(placement.stream().mapToLong(Placement::bytes).sum()).isBetween(bytes, bytes * 4 / 3);
    }

    private static int layers(List<Placement> placement, Device device) {
        return placement.stream().filter(place -> place.device().name().equals(device.name()))
                .mapToInt(Placement::layers).sum();
    }

    private void expertsStayOnTheHost(Path mixture) {
        int[] some = {1, 2, 3, 4, 5};
        float[] expected;
        try (Model model = Model.load(mixture, options().splitMode(SplitMode.NONE).mainGpu(-1).repack(false).build())) {
            expected = RawLogits.of(model, some);
        }
        long[] onHost = new long[2];
        for (boolean experts : new boolean[] {false, true}) {
            try (Model model = Model.load(mixture, options().devices(first).expertsOnCpu(experts).repack(false).build())) {
                onHost[experts ? 1 : 0] = model.placement().getFirst().bytes();
                assertThat(Vectors.cosine(RawLogits.of(model, some), expected)).isCloseTo(1, within(1e-6));
            }
        }
        assertThat(onHost[1]).as("bytes on the host with and without experts").isGreaterThan(onHost[0]);
    }

    private void listenersAddNoServers() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Model.load(file, options().devices(first).progress(fraction -> {
                    assertThat(LlamaRuntime.instance().devices()).isNotEmpty();
                    LlamaRuntime.instance().addRpcServer(first.description());
                }).build()))
                .withMessageContaining("progress listener");
    }

    private void twoModelsAndWhatUnloadFrees() throws IOException {
        ModelOptions onFirst = options().devices(first).build();
        try (Model one = Model.load(file, onFirst)) {
            long withOne = resident();
            try (Model two = Model.load(file, onFirst)) {
                assertSame(two);
                assertThat(resident() - withOne).isGreaterThan(bytes * 2 / 3);
            }
            // The server may answer before its memory is back with the system.
            for (int reads = 0; reads < 20_000 && resident() - withOne >= bytes / 3; reads++) {
                Thread.onSpinWait();
            }
            assertThat(resident() - withOne).isLessThan(bytes / 3);
            assertSame(one);
        }
    }

    /** Bytes of memory of the first server's process. */
    private long resident() throws IOException {
        return Files.readAllLines(statusOfFirst).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst().orElseThrow();
    }
}
