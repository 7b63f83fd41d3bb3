package io.github.llamaffm.chat;

import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import java.util.OptionalInt;

/** Gives a sampler chain another seed. */
final class Seeds {

    private Seeds() {}

    static SamplerOptions in(SamplerOptions options, int seed) {
        OptionalInt value = OptionalInt.of(seed);
        return new SamplerOptions(options.specs().stream().map(spec -> in(spec, value)).toList());
    }

    private static SamplerSpec in(SamplerSpec spec, OptionalInt seed) {
        return switch (spec) {
            case SamplerSpec.Dist _ -> new SamplerSpec.Dist(seed);
            case SamplerSpec.Xtc(float probability, float threshold, int minKeep, var _) ->
                new SamplerSpec.Xtc(probability, threshold, minKeep, seed);
            case SamplerSpec.Mirostat(float tau, float eta, int m, var _) -> new SamplerSpec.Mirostat(tau, eta, m, seed);
            case SamplerSpec.MirostatV2(float tau, float eta, var _) -> new SamplerSpec.MirostatV2(tau, eta, seed);
            case SamplerSpec.AdaptiveP(float target, float decay, var _) -> new SamplerSpec.AdaptiveP(target, decay, seed);
            default -> spec;
        };
    }
}
