package io.github.llamaffm.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextCreationException;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.DecodeException;
import io.github.llamaffm.Device;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.PoisonedContextException;
import java.nio.file.Path;

/** Runs out of memory on the device in every phase, loses it at last, and goes on. Argument: a model. */
final class CudaFailures {

    private static final long MIB = 1 << 20;
    private static final long PLENTY = 8L << 30;

    private final Path file;

    private CudaFailures(Path file) {
        this.file = file;
    }

    public static void main(String[] arguments) {
        assertThat(LlamaRuntime.instance().report().whyNoGpu()).isEmpty();
        assertThat(LlamaRuntime.instance().report().versions()).containsEntry("CUDA of the driver", "13.0").containsEntry("CUDA run-time", "13.0");
        Device device = LlamaRuntime.instance().device("0000:01:00.0");
        assertThat(device.name()).isEqualTo("CUDA0");
        FailingCuda.memory(PLENTY);
        var test = new CudaFailures(Path.of(arguments[0]));
        test.thePlanIsWhatIsTaken();
        for (int round = 0; round < 2; round++) {
            test.noMemoryForTheModel();
            test.noMemoryForTheContext();
            test.noMemoryInAGraph();
            assertThat(FailingCuda.used()).as("bytes left on the device").isZero();
        }
        test.oneFailureIsNotALostDevice();
        test.theDeviceIsLost();
    }

    private static ModelOptions onGpu() {
        return ModelOptions.builder().gpuLayers(100).build();
    }

    private static ContextOptions small() {
        return ContextOptions.builder().contextSize(512).batchSize(64).ubatchSize(64).threads(1).build();
    }

    /** Until the first graph runs. */
    private void thePlanIsWhatIsTaken() {
        MemoryPlan plan = MemoryPlan.of(ModelSource.path(file), onGpu(), small());
        assertThat(FailingCuda.used()).as("bytes that a plan takes").isZero();
        try (Model model = Model.load(file, onGpu()); Context context = model.newContext(small())) {
            assertThat(plan.parts().getLast().total()).isEqualTo(FailingCuda.used());
            assertThat(model.placement().getLast()).satisfies(place -> {
                assertThat(place.device().name()).isEqualTo("CUDA0");
                assertThat(place.layers()).isEqualTo(30);
            });
            assertThat(context.size()).isEqualTo(512);
        }
    }

    private void noMemoryForTheModel() {
        FailingCuda.memory(20 * MIB);
        assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() -> Model.load(file, onGpu()).close())
                .withMessageContaining("unable to allocate CUDA0 buffer");
        FailingCuda.memory(PLENTY);
        assertThat(FailingCuda.used()).isZero();
        try (Model model = Model.load(file, ModelOptions.builder().requireGpu().build()); Context context = model.newContext(small())) {
            decode(context, 8);
        }
    }

    private void noMemoryForTheContext() {
        try (Model model = Model.load(file, onGpu())) {
            long weights = FailingCuda.used();
            // A device that tells of more than it gives: then no plan helps.
            FailingCuda.give(weights + 4 * MIB);
            assertThatExceptionOfType(ContextCreationException.class)
                    .isThrownBy(() -> model.newContext(ContextOptions.builder().contextSize(8192).threads(1).build()).close());
            FailingCuda.give(PLENTY);
            assertThat(FailingCuda.used()).isEqualTo(weights);
            try (Context context = model.newContext(small())) {
                decode(context, 8);
            }
        }
    }

    /** What kernels need beside the buffers of a context is allocated when they first run. */
    private void noMemoryInAGraph() {
        try (Model model = Model.load(file, onGpu())) {
            long weights = FailingCuda.used();
            try (Context context = model.newContext(small())) {
                FailingCuda.memory(FailingCuda.used());
                failed(context, "CUDA error");
            }
            assertThat(FailingCuda.used()).as("bytes after the failed context").isEqualTo(weights);
            FailingCuda.memory(PLENTY);
            try (Context context = model.newContext(small())) {
                decode(context, 8);
            }
        }
    }

    /** What lies on a lost device is left there. */
    private void oneFailureIsNotALostDevice() {
        Model model = Model.load(file, onGpu());
        FailingCuda.mode(FailingCuda.FAILS_ONCE);
        model.close();
        assertThat(FailingCuda.used()).as("bytes after the model").isZero();
    }

    private void theDeviceIsLost() {
        try (Model model = Model.load(file, onGpu()); Context context = model.newContext(small())) {
            decode(context, 8);
            FailingCuda.mode(FailingCuda.IS_LOST);
            failed(context, "CUDA error");
            assertThatExceptionOfType(LlamaException.class).isThrownBy(() -> model.newContext(small()).close());
        }
        assertThatExceptionOfType(LlamaException.class).isThrownBy(() -> Model.load(file, onGpu()).close());
    }

    private static void failed(Context context, String reason) {
        assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> decode(context, 32)).withMessageContainingAll(reason, "failed on purpose");
        assertThatExceptionOfType(PoisonedContextException.class).isThrownBy(() -> decode(context, 1));
    }

    private static void decode(Context context, int tokens) {
        try (Batch batch = context.newBatch()) {
            var sequence = context.newSequence();
            for (int i = 0; i < tokens; i++) {
                batch.add(sequence, i + 1, i == tokens - 1);
            }
            context.decode(batch);
            sequence.close();
        }
    }
}
