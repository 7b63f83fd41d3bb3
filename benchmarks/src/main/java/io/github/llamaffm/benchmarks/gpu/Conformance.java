package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.Device;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Placement;
import io.github.llamaffm.SplitMode;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Logits and embeddings of each family, and of the models, are those of the CPU. */
final class Conformance {

    /** Sums in another order, and activations of fewer bits, give other roundings. */
    static final double COSINE = 0.998;

    private static final List<TinyModel> FAMILIES = List.of(TinyModel.llama(), TinyModel.llama3(), TinyModel.mistral(), TinyModel.mixtral(),
            TinyModel.yi(), TinyModel.qwen2(), TinyModel.qwen3(), TinyModel.phi3(), TinyModel.gemma(), TinyModel.gemma2(),
            TinyModel.gemma3(), TinyModel.gemma4(), TinyModel.falcon(), TinyModel.mamba(), TinyModel.bert(), TinyModel.reranker(),
            TinyModel.qwen3Reranker(), TinyModel.t5());

    private Conformance() {}

    static void run(Setup setup, Findings findings) {
        for (TinyModel family : FAMILIES) {
            findings.part(family.name(), () -> compare(setup, findings, Optional.of(family.name()),
                    family.writeTo(setup.work().resolve("tiny.gguf"))));
        }
        findings.part("the model in 16 bits", () -> compare(setup, findings, Optional.empty(), setup.exact()));
        findings.part("the quantised model", () -> quantised(setup, findings));
    }

    /** @param name empty: as the file says */
    private static void compare(Setup setup, Findings findings, Optional<String> name, Path file) {
        float[][] expected = rows(file, Setup.onCpu());
        try (Model model = Model.load(file, setup.onGpu())) {
            float[][] actual = Computed.rows(model);
            double cosine = Computed.cosine(expected, actual);
            boolean there = model.placement().stream().allMatch(place -> place.layers() == 0 || place.device().type() != Device.Type.CPU);
            long bytes = model.placement().stream().filter(place -> place.device().name().equals(setup.device()))
                    .mapToLong(Placement::bytes).sum();
            findings.judge(there && bytes > 0 && cosine > COSINE, name.orElse(model.info().description()), "least cosine %.6f in %d rows; %s", cosine, actual.length,
                    there ? "all layers there" : Added.show(model.placement()));
        }
    }

    /**
     * A figure only: random weights make much of the roundings of activations to 8 bits, for which the CPU itself has several ways. That
     * the text of such a model is that of llama-completion on the same GPU is judged by {@link Greedy}.
     */
    private static void quantised(Setup setup, Findings findings) {
        float[][] expected = rows(setup.model(), Setup.onCpu());
        double own = Computed.cosine(expected, rows(setup.model(), ModelOptions.builder().splitMode(SplitMode.NONE).mainGpu(-1).repack(false).build()));
        try (Model model = Model.load(setup.model(), setup.onGpu())) {
            double cosine = Computed.cosine(expected, Computed.rows(model));
            findings.notJudged(model.info().description(), "least cosine %.6f; %.6f of the CPU with and without rearranged weights", cosine, own);
        }
    }

    private static float[][] rows(Path file, ModelOptions options) {
        try (Model model = Model.load(file, options)) {
            return Computed.rows(model);
        }
    }
}
