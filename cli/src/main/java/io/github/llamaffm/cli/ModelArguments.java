package io.github.llamaffm.cli;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.SplitMode;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which model, and what computes. */
final class ModelArguments {

    /** The model that comes with the command. */
    static final String DEFAULT_MODEL = "META-INF/llama-ffm/models/smollm2-135m.gguf";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "FILE",
            description = "The model, a GGUF file; by default SmolLM2-135M-Instruct, which comes with the command.")
    private Path model;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            split = ",",
            description = "Devices to use, by name or id as the command devices lists them, with commas between them; none: the CPU alone. "
                    + "Default: the best GPU that holds the model, else several.")
    private List<String> devices = List.of();

    private Integer threads;

    @Option(names = "--threads", paramLabel = "N", description = "1 to 512. Default: as many as there are cores to use.")
    private void threads(int n) {
        UsageError.require(spec, n >= 1 && n <= 512, "--threads", n, "from 1 to 512");
        threads = n;
    }

    /** Loads it, and tells how far it is; the signal that ends the process ends that too. */
    Model load(Interrupt interrupt, Aside aside) {
        ModelSource source = model == null ? ModelSource.resource(DEFAULT_MODEL) : ModelSource.path(model);
        ModelOptions.Builder options = ModelOptions.builder()
                .progress(part -> aside.progress("loading the model:", part))
                .cancellation(interrupt.cancellation());
        if (devices.equals(List.of("none"))) {
            options.splitMode(SplitMode.NONE).mainGpu(-1);
        } else {
            options.devices(devices.stream().map(LlamaRuntime.instance()::device).toList());
        }
        try {
            return Model.load(source, options.build());
        } finally {
            aside.end();
        }
    }

    ContextOptions contextOptions() {
        return withThreads(ContextOptions.builder());
    }

    /** Of that many tokens. */
    ContextOptions contextOptions(int size) {
        return withThreads(ContextOptions.builder().contextSize(size));
    }

    private ContextOptions withThreads(ContextOptions.Builder options) {
        if (threads != null) {
            options.threads(threads);
        }
        return options.build();
    }
}
