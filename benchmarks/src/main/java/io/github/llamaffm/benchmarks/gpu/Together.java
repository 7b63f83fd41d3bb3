package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.Device;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Placement;
import java.util.List;

/** The layers of one model on the GPU and on a device of an RPC server, a quarter of them on the GPU. */
final class Together {

    private Together() {}

    static void run(Setup setup, Findings findings) {
        if (setup.beside().isEmpty()) {
            findings.notJudged("a device beside it", "none was given");
            return;
        }
        Device gpu = setup.gpu();
        Device other = LlamaRuntime.instance().addRpcServer(setup.beside().get()).getFirst();
        float[][] expected;
        try (Model model = Model.load(setup.exact(), Setup.onCpu())) {
            expected = Computed.rows(model);
        }
        try (Model model = Model.load(setup.exact(), ModelOptions.builder().devices(gpu, other).tensorSplit(1, 3).build())) {
            List<Placement> placement = model.placement();
            findings.judge(layers(placement, gpu) > 0 && layers(placement, other) > 0
                    && layers(placement, gpu) + layers(placement, other) == model.info().layerCount(), "all layers lie on the two",
                    "%s", Added.show(placement));
            double cosine = Computed.cosine(expected, Computed.rows(model));
            findings.judge(cosine > Conformance.COSINE, "its logits beside the CPU's", "least cosine %.6f", cosine);
        }
    }

    private static int layers(List<Placement> placement, Device device) {
        return placement.stream().filter(place -> place.device().name().equals(device.name())).mapToInt(Placement::layers).sum();
    }
}
