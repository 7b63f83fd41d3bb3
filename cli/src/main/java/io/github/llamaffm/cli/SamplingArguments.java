package io.github.llamaffm.cli;

import io.github.llamaffm.ModelInfo;
import io.github.llamaffm.SamplerOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How tokens are chosen. */
final class SamplingArguments {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private Double temperature;
    private Long seed;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 always takes the most likely token. Default: what the model's file asks for, else 0.8.")
    private void temperature(double t) {
        UsageError.require(spec, t >= 0 && t <= Float.MAX_VALUE, "--temperature", t, "0 or more, and finite");
        temperature = t;
    }

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The same seed gives the same text. Default: a new one each time.")
    private void seed(long s) {
        UsageError.require(spec, s >= 0 && s < 0xFFFF_FFFFL, "--seed", s, "from 0 to 4294967294");
        seed = s;
    }

    SamplerOptions options(ModelInfo model) {
        if (temperature != null && temperature == 0) {
            return SamplerOptions.greedy();
        }
        SamplerOptions.Builder options = SamplerOptions.builder(model);
        if (temperature != null) {
            options.temperature(temperature.floatValue());
        }
        if (seed != null) {
            options.seed(seed.intValue());
        }
        return options.build();
    }
}
