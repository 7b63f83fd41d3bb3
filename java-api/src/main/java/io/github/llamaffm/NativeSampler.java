package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_sampler_request;
import io.github.llamaffm.bindings.generated.lf_sampler_spec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A sampler chain in native memory. */
final class NativeSampler extends NativeResource implements Sampler {

    private final NativeModel model;
    private final SamplerOptions options;
    private final OptionalInt seed;

    private NativeSampler(
            NativeModel model, @Nullable NativeResource parent, SamplerOptions options, OptionalInt seed, MemorySegment raw) {
        super("sampler", parent, true, raw, LlamaFfm::lf_sampler_free);
        this.model = model;
        this.options = options;
        this.seed = seed;
    }

    /**
     * Makes the natives of a chain, in a call of the model.
     *
     * @param parent that the chain pins; null where its owner closes it
     */
    static NativeSampler create(NativeModel model, @Nullable NativeResource parent, SamplerOptions options) {
        try (Arena arena = Arena.ofConfined()) {
            List<SamplerSpec> specs = options.specs();
            MemorySegment structs = lf_sampler_spec.allocateArray(specs.size(), arena);
            OptionalInt seed = OptionalInt.empty();
            for (int i = 0; i < specs.size(); i++) {
                SamplerSpec spec = specs.get(i);
                if (spec instanceof SamplerSpec.Dist dist) {
                    seed = OptionalInt.of(dist.seed().orElseGet(NativeSampler::randomSeed));
                }
                write(spec, seed.orElse(0), lf_sampler_spec.asSlice(structs, i));
            }
            MemorySegment request = lf_sampler_request.allocate(arena);
            lf_sampler_request.vocab(request, model.tokenizer().vocab());
            lf_sampler_request.specs(request, structs);
            lf_sampler_request.n_specs(request, specs.size());
            MemorySegment raw = LlamaFfm.lf_sampler_new(request);
            if (raw.address() == 0) {
                NativeError error = NativeError.last();
                throw error.isShutdown()
                        ? new ShutdownException()
                        : new SamplingException("cannot make the sampler chain " + specs + ": " + error.summary(), error.log());
            }
            return new NativeSampler(model, parent, options, seed, raw);
        }
    }

    /** Ours, not llama.cpp's, so that it can be told. All bits set would mean "random" to llama.cpp. */
    private static int randomSeed() {
        return ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    }

    private static void write(SamplerSpec spec, int seed, MemorySegment out) {
        lf_sampler_spec.type(out, switch (spec) {
            case SamplerSpec.Greedy() -> LlamaFfm.LF_SAMPLER_GREEDY();
            case SamplerSpec.Dist _ -> {
                lf_sampler_spec.seed(out, seed);
                yield LlamaFfm.LF_SAMPLER_DIST();
            }
            case SamplerSpec.TopK(int k) -> {
                lf_sampler_spec.i0(out, k);
                yield LlamaFfm.LF_SAMPLER_TOP_K();
            }
            case SamplerSpec.TopP(float p, int minKeep) -> {
                lf_sampler_spec.f0(out, p);
                lf_sampler_spec.i0(out, minKeep);
                yield LlamaFfm.LF_SAMPLER_TOP_P();
            }
            case SamplerSpec.MinP(float p, int minKeep) -> {
                lf_sampler_spec.f0(out, p);
                lf_sampler_spec.i0(out, minKeep);
                yield LlamaFfm.LF_SAMPLER_MIN_P();
            }
            case SamplerSpec.Temperature(float temperature) -> {
                lf_sampler_spec.f0(out, temperature);
                yield LlamaFfm.LF_SAMPLER_TEMPERATURE();
            }
            case SamplerSpec.Penalties(int lastTokens, float repeat, float frequency, float presence) -> {
                lf_sampler_spec.i0(out, lastTokens);
                lf_sampler_spec.f0(out, repeat);
                lf_sampler_spec.f1(out, frequency);
                lf_sampler_spec.f2(out, presence);
                yield LlamaFfm.LF_SAMPLER_PENALTIES();
            }
        });
    }

    @Override
    public SamplerOptions options() {
        return options;
    }

    @Override
    public OptionalInt seed() {
        return seed;
    }

    @Override
    public int sample(Context context, int row) {
        if (!(context instanceof NativeContext nativeContext) || nativeContext.model() != model) {
            throw new IllegalArgumentException("the context is not one of this sampler's model");
        }
        return nativeContext.call(() -> nativeContext.decoder().sample(this, row), () -> {});
    }

    @Override
    public void accept(int... tokens) {
        for (int i = 0; i < tokens.length; i++) {
            model.tokenizer().requireToken(tokens[i], i);
        }
        enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = arena.allocateFrom(ValueLayout.JAVA_INT, tokens);
            require(LlamaFfm.lf_sampler_accept(pointer(), array, tokens.length), "the sampler does not accept the tokens");
        } finally {
            exit();
        }
    }

    @Override
    public void reset() {
        enter();
        try {
            require(LlamaFfm.lf_sampler_reset(pointer()), "the sampler cannot be reset");
        } finally {
            exit();
        }
    }

    static void require(int status, String what) {
        if (status >= 0) {
            return;
        }
        if (status == LlamaFfm.LF_ERROR_SHUTDOWN()) {
            throw new ShutdownException();
        }
        NativeError error = NativeError.last();
        throw new SamplingException(what + ": " + error.summary(), error.log());
    }
}
