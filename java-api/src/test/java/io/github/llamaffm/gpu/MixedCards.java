package io.github.llamaffm.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Device;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.SplitMode;
import java.nio.file.Path;
import java.util.List;

/** The first of three cards is too old, and would be the first that is taken. Argument: a model. */
final class MixedCards {

    private static final Device OLD = new Device("CUDA0", "Failing device", "0000:01:00.0", Device.Type.GPU, "CUDA", 1L << 40, 1L << 40);

    private MixedCards() {}

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        FailingCuda.memory(8L << 30);
        assertThat(LlamaRuntime.instance().devices()).extracting(Device::name).containsExactly("CPU", "CUDA1", "CUDA2");
        assertThat(LlamaRuntime.instance().report().toString()).containsPattern(
                "rejected +CUDA0: the GPU has compute capability 6.1, the module has code for \\d+.\\d and newer. To use it, take ");

        assertThat(generates(file, ModelOptions.builder())).hasSize(1).doesNotContain("CUDA0");
        assertThat(generates(file, ModelOptions.builder().gpuLayers(100))).containsExactlyInAnyOrder("CUDA1", "CUDA2");
        assertThat(generates(file, ModelOptions.builder().splitMode(SplitMode.NONE))).containsExactly("CUDA1");
        for (ModelOptions options : List.of(
                ModelOptions.builder().devices(OLD).build(), ModelOptions.builder().tensorPlacement("output", OLD).build())) {
            assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() -> Model.load(file, options).close())
                    .withMessageStartingWith("CUDA0 cannot be used: the GPU has compute capability 6.1");
        }
        lostWhileTheyActAsOne(file);
    }

    /** The devices with weights. */
    private static List<String> generates(Path file, ModelOptions.Builder options) {
        try (Model model = Model.load(file, options.build());
                Context context = model.newContext(small());
                Generation generation = context.generate("The capital", GenerateOptions.builder().maxTokens(2).build())) {
            generation.forEach(_ -> {});
            return model.placement().stream().filter(place -> place.layers() > 0).map(place -> place.device().name()).toList();
        }
    }

    private static ContextOptions small() {
        return ContextOptions.builder().contextSize(512).batchSize(64).ubatchSize(64).threads(1).build();
    }

    /** Closing them must not end the process. */
    private static void lostWhileTheyActAsOne(Path file) {
        try (Model model = Model.load(file, ModelOptions.builder().splitMode(SplitMode.TENSOR).build());
                Context context = model.newContext(small());
                Generation generation = context.generate("The capital", GenerateOptions.builder().maxTokens(2).build())) {
            assertThat(model.placement()).extracting(place -> place.device().type()).contains(Device.Type.META);
            FailingCuda.mode(FailingCuda.IS_LOST);
            assertThatExceptionOfType(LlamaException.class).isThrownBy(() -> generation.forEach(_ -> {}));
        }
    }
}
