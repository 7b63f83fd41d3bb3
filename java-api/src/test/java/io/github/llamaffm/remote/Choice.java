package io.github.llamaffm.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Device;
import io.github.llamaffm.GpuRequiredException;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.Placement;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads a model of 30 layers without saying where to, with more and less memory on two devices. Arguments: the model, the addresses of
 * two RPC servers.
 */
final class Choice {

    private static final int LAYERS = 30;

    private final ModelSource source;
    private final Device first;
    private final Device second;

    private Choice(Path file, Device first, Device second) {
        this.source = ModelSource.path(file);
        this.first = first;
        this.second = second;
    }

    public static void main(String[] arguments) {
        LlamaRuntime runtime = LlamaRuntime.instance();
        new Choice(Path.of(arguments[0]), runtime.addRpcServer(arguments[1]).getFirst(), runtime.addRpcServer(arguments[2]).getFirst()).run();
    }

    private static ModelOptions.Builder capped(long bytes) {
        return ModelOptions.builder().maxDeviceMemory(bytes);
    }

    private void run() {
        long onOne = MemoryPlan.of(source, ModelOptions.builder().devices(first).build(), ContextOptions.defaults()).parts().getLast().total();

        assertThat(load(ModelOptions.builder())).as("one holds it").containsExactly(LAYERS);
        assertThat(load(capped(onOne))).as("one just holds it").containsExactly(LAYERS);
        assertThat(MemoryPlan.of(source, capped(onOne).build(), ContextOptions.defaults()).parts()).as("the plan is for that one").hasSize(2);
        assertThat(load(capped(onOne * 4 / 5))).as("two hold it").hasSize(2).allMatch(layers -> layers > 0).satisfies(Choice::addUp);

        // From here on each load warns.
        assertThat(load(capped(onOne / 4))).as("two hold a part").allMatch(layers -> layers > 0 && layers < LAYERS - 1);
        assertThat(load(capped(1 << 20))).as("no layer fits").isEmpty();
        // But not these: they do as told, or refuse.
        assertThat(load(capped(1 << 20).devices(second).gpuLayers(10))).as("as told").containsExactly(9);
        requirements(onOne);
    }

    private void requirements(long onOne) {
        assertThat(load(ModelOptions.builder().requireGpu())).containsExactly(LAYERS);
        refused(capped(onOne / 4).requireGpu(), "requireGpu() asks for all layers on GPUs: ", " of 31 layers fit on GPUs (RPC");
        refused(capped(1 << 20).requireGpu(1), "requireGpu(1) asks for", "none of 31 layers fit on GPUs (RPC");
        refused(ModelOptions.builder().devices(first).gpuLayers(10).requireGpu(10), "the options put 9 of 30 there; see gpuLayers");
        assertThat(load(ModelOptions.builder().devices(first).gpuLayers(10).requireGpu(9))).containsExactly(9);
    }

    /** Before a weight is read. */
    private void refused(ModelOptions.Builder options, String... words) {
        assertThatExceptionOfType(GpuRequiredException.class)
                .isThrownBy(() -> Model.load(source, options.progress(_ -> fail("weights were read")).build()).close())
                .withMessageContainingAll(words);
    }

    /** The layers on each device; a default context of full size fits beside them. */
    private List<Integer> load(ModelOptions.Builder options) {
        try (Model model = Model.load(source, options.build())) {
            List<Placement> onDevices = model.placement().stream().filter(place -> place.device().isGpu()).toList();
            if (options.build().gpuLayers().isEmpty()) {
                try (Context context = model.newContext()) {
                    assertThat(context.size()).isEqualTo(8192);
                }
            }
            return onDevices.stream().map(Placement::layers).toList();
        }
    }

    private static void addUp(List<? extends Integer> layers) {
        assertThat(layers.stream().mapToInt(Integer::intValue).sum()).isEqualTo(LAYERS);
    }
}
