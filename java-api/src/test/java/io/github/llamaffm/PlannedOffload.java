package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Plans for two other devices and does it. Arguments: a model, the addresses of two RPC servers, the process id of the first.
 */
final class PlannedOffload {

    private static final long MIB = 1 << 20;

    private final ModelSource source;
    private final Path statusOfFirst;

    private PlannedOffload(Path file, String pidOfFirst) {
        this.source = ModelSource.path(file);
        this.statusOfFirst = Path.of("/proc", pidOfFirst, "status");
    }

    public static void main(String[] arguments) throws IOException {
        Device first = LlamaRuntime.instance().addRpcServer(arguments[1]).getFirst();
        Device second = LlamaRuntime.instance().addRpcServer(arguments[2]).getFirst();
        var test = new PlannedOffload(Path.of(arguments[0]), arguments[3]);
        ContextOptions context = context().build();
        test.check(1, ModelOptions.builder().build(), context);
        weightsAloneDecide();
        test.check(2, ModelOptions.builder().devices(first, second).build(), context);
        test.check(1, ModelOptions.builder().devices(first).gpuLayers(10).build(), context);
        test.check(2, ModelOptions.builder().devices(first, second).build(), context().offloadKvCache(false).build());
        test.check(2, ModelOptions.builder().devices(first, second).build(), context().flashAttention(FlashAttention.OFF).maxSequences(3).build());
        test.check(2, ModelOptions.builder().tensorPlacement("attn_.*weight", second).build(), context);
        test.tensorSplit(context);
        test.cap(first, context);
    }

    private static ContextOptions.Builder context() {
        return ContextOptions.builder().contextSize(2048).ubatchSize(128).threads(1);
    }

    private void check(int devices, ModelOptions options, ContextOptions context) throws IOException {
        long before = residentOfFirst();
        MemoryPlan plan = MemoryPlan.of(source, options, context);
        assertThat(residentOfFirst()).as("memory of a server that is only asked").isLessThan(before + 8 * MIB);
        assertThat(plan.fits()).isTrue();
        assertThat(plan.parts()).hasSize(devices + 1);
        try (Model model = Model.load(source, options); Context made = model.newContext(context)) {
            MemoryUse use = MemoryMeter.of((NativeModel) model, (NativeContext) made);
            assertThat(plan.parts().stream().map(PlannedOffload::sizes).toList())
                    .as("%s %s", options, context)
                    .isEqualTo(use.parts().stream().map(PlannedOffload::sizes).toList());
            assertThat(plan.parts().stream().mapToLong(MemoryPlan.Part::weights).skip(1)).allMatch(bytes -> bytes > 0);
        }
    }

    /** llama.cpp loads it, and makes no context with such a number. */
    private static void weightsAloneDecide() throws IOException {
        ModelSource source = ModelSource.path(TinyModel.qwen3().writeTo(Files.createTempDirectory("plan").resolve("model.gguf")));
        ModelOptions options = ModelOptions.builder().metadataOverride("qwen3.rope.dimension_count", MetadataValue.of(2)).build();
        assertThatExceptionOfType(ContextCreationException.class)
                .isThrownBy(() -> MemoryPlan.of(source, options, ContextOptions.defaults())).withMessageContaining("n_embd_head == n_rot");
        try (Model model = Model.load(source, options)) {
            assertThat(model.placement().stream().filter(place -> place.device().isGpu()).toList()).as("on one device alone").hasSize(1);
        }
    }

    private void tensorSplit(ContextOptions context) {
        ModelOptions options = ModelOptions.builder().splitMode(SplitMode.TENSOR).build();
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryPlan.of(source, options, context));
        try (NativeModel model = (NativeModel) Model.load(source, options);
                NativeContext made = (NativeContext) model.newContext(context)) {
            // What decides about the context is right all the same.
            assertThat(new MemoryMeter(model.pointer(), MemorySegment.NULL, context).measure(2048))
                    .usingRecursiveComparison().ignoringFieldsMatchingRegexes(".*memoryFree")
                    .isEqualTo(MemoryMeter.of(model, made));
        }
    }

    private void cap(Device device, ContextOptions context) {
        ModelOptions options = ModelOptions.builder().devices(device).maxDeviceMemory(100 * MIB).build();
        MemoryPlan plan = MemoryPlan.of(source, options, context);
        assertThat(plan.fits()).isFalse();
        assertThat(plan.parts().getLast().device().orElseThrow().name()).isEqualTo(device.name());
        assertThat(plan.parts().getLast().available()).isEqualTo(100 * MIB);
        try (Model model = Model.load(source, options)) {
            assertThatExceptionOfType(InsufficientMemoryException.class)
                    .isThrownBy(() -> model.newContext(context))
                    .withMessageContainingAll(" MiB on " + device.name(), "100 MiB are available",
                            "not even the smallest context fits");
        }
    }

    private static List<Long> sizes(MemoryPlan.Part part) {
        return List.of(part.weights(), part.mappedWeights(), part.kvCache(), part.compute());
    }

    private static List<Long> sizes(MemoryUse.Part part) {
        return List.of(part.weights(), part.mapped(), part.kvCache(), part.compute());
    }

    private long residentOfFirst() throws IOException {
        try (var lines = Files.lines(statusOfFirst)) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst().orElseThrow();
        }
    }
}
