package io.github.llamaffm;

import io.github.llamaffm.internal.chat.GrammarHold;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The links of one chain that are written in Java, by their place in the chain. */
final class JavaSamplers {

    private final @Nullable CandidateSampler[] samplers;
    private final boolean any;

    private JavaSamplers(@Nullable CandidateSampler[] samplers, boolean any) {
        this.samplers = samplers;
        this.any = any;
    }

    /** Makes those of a chain. */
    static JavaSamplers of(List<SamplerSpec> specs) {
        CandidateSampler[] samplers = new CandidateSampler[specs.size()];
        boolean any = false;
        for (int i = 0; i < samplers.length; i++) {
            if (specs.get(i) instanceof SamplerSpec.Custom(var supplier)) {
                samplers[i] = Objects.requireNonNull(supplier.get(), "the supplier of sampler %d made none".formatted(i));
                any = true;
            }
        }
        return new JavaSamplers(samplers, any);
    }

    /** The first link that holds grammars back; null: there is none. */
    @Nullable GrammarHold hold() {
        for (CandidateSampler sampler : samplers) {
            if (sampler instanceof GrammarHold hold) {
                return hold;
            }
        }
        return null;
    }

    void apply(int link, NativeCandidates candidates) {
        candidates.edit(samplers[link], link == samplers.length - 1);
    }

    void accept(int token) {
        if (any) {
            for (CandidateSampler sampler : samplers) {
                if (sampler != null) {
                    sampler.accept(token);
                }
            }
        }
    }

    void reset() {
        for (CandidateSampler sampler : samplers) {
            if (sampler != null) {
                sampler.reset();
            }
        }
    }

    JavaSamplers copy() {
        CandidateSampler[] copies = new CandidateSampler[samplers.length];
        for (int i = 0; i < copies.length; i++) {
            if (samplers[i] != null) {
                copies[i] = Objects.requireNonNull(samplers[i].copy(), "copy() of sampler %d made none".formatted(i));
            }
        }
        return new JavaSamplers(copies, any);
    }
}
