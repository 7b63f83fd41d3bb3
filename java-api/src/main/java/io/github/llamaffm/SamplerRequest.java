package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_grammar_request;
import io.github.llamaffm.bindings.generated.lf_sampler_request;
import io.github.llamaffm.bindings.generated.lf_sampler_spec;
import io.github.llamaffm.bindings.generated.llama_logit_bias;
import io.github.llamaffm.internal.Utf8;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a chain as the structs that {@code lf_sampler_new} reads, and checks what only the vocabulary can tell. */
final class SamplerRequest {

    private final NativeTokenizer tokenizer;
    private final Arena arena;
    private final SamplerSeeds seeds;
    private final boolean held;

    /**
     * For a call of the tokenizer's model.
     *
     * @param arena that everything is allocated in
     * @param held whether all triggers of grammars are looked for in Java, as {@link PatternTriggers} does
     */
    SamplerRequest(NativeTokenizer tokenizer, Arena arena, SamplerSeeds seeds, boolean held) {
        this.tokenizer = tokenizer;
        this.arena = arena;
        this.seeds = seeds;
        this.held = held;
    }

    /** An {@code lf_sampler_request}. */
    MemorySegment write(List<SamplerSpec> specs, Optional<GrammarUse> grammar) {
        MemorySegment structs = lf_sampler_spec.allocateArray(specs.size(), arena);
        for (int i = 0; i < specs.size(); i++) {
            write(specs.get(i), lf_sampler_spec.asSlice(structs, i));
        }
        MemorySegment request = lf_sampler_request.allocate(arena);
        lf_sampler_request.vocab(request, tokenizer.vocab());
        lf_sampler_request.specs(request, structs);
        lf_sampler_request.n_specs(request, specs.size());
        grammar.ifPresent(use -> lf_sampler_request.grammar(request, grammar(use)));
        return request;
    }

    private void write(SamplerSpec spec, MemorySegment out) {
        lf_sampler_spec.type(out, switch (spec) {
            case SamplerSpec.Greedy() -> LlamaFfm.LF_SAMPLER_GREEDY();
            case SamplerSpec.Dist(var seed) -> {
                lf_sampler_spec.seed(out, seeds.use(seed));
                yield LlamaFfm.LF_SAMPLER_DIST();
            }
            case SamplerSpec.TopK(int k) -> integers(out, LlamaFfm.LF_SAMPLER_TOP_K(), k, 0);
            case SamplerSpec.TopP(float p, int minKeep) -> {
                floats(out, p, 0, 0);
                yield integers(out, LlamaFfm.LF_SAMPLER_TOP_P(), minKeep, 0);
            }
            case SamplerSpec.MinP(float p, int minKeep) -> {
                floats(out, p, 0, 0);
                yield integers(out, LlamaFfm.LF_SAMPLER_MIN_P(), minKeep, 0);
            }
            case SamplerSpec.Typical(float p, int minKeep) -> {
                floats(out, p, 0, 0);
                yield integers(out, LlamaFfm.LF_SAMPLER_TYPICAL(), minKeep, 0);
            }
            case SamplerSpec.Temperature(float temperature) -> {
                floats(out, temperature, 0, 0);
                yield LlamaFfm.LF_SAMPLER_TEMPERATURE();
            }
            case SamplerSpec.TemperatureExt(float temperature, float delta, float exponent) -> {
                floats(out, temperature, delta, exponent);
                yield LlamaFfm.LF_SAMPLER_TEMPERATURE_EXT();
            }
            case SamplerSpec.Penalties(int lastTokens, float repeat, float frequency, float presence) -> {
                floats(out, repeat, frequency, presence);
                yield integers(out, LlamaFfm.LF_SAMPLER_PENALTIES(), lastTokens, 0);
            }
            case SamplerSpec.Xtc(float probability, float threshold, int minKeep, var seed) -> {
                floats(out, probability, threshold, 0);
                lf_sampler_spec.seed(out, seeds.use(seed));
                yield integers(out, LlamaFfm.LF_SAMPLER_XTC(), minKeep, 0);
            }
            case SamplerSpec.TopNSigma(float n) -> {
                floats(out, n, 0, 0);
                yield LlamaFfm.LF_SAMPLER_TOP_N_SIGMA();
            }
            case SamplerSpec.Mirostat(float tau, float eta, int m, var seed) -> {
                floats(out, tau, eta, 0);
                lf_sampler_spec.seed(out, seeds.use(seed));
                yield integers(out, LlamaFfm.LF_SAMPLER_MIROSTAT(), m, 0);
            }
            case SamplerSpec.MirostatV2(float tau, float eta, var seed) -> {
                floats(out, tau, eta, 0);
                lf_sampler_spec.seed(out, seeds.use(seed));
                yield LlamaFfm.LF_SAMPLER_MIROSTAT_V2();
            }
            case SamplerSpec.Dry(float multiplier, float base, int allowedLength, int lastTokens, var breakers) -> {
                floats(out, multiplier, base, 0);
                data(out, breakers.size(), texts(breakers));
                yield integers(out, LlamaFfm.LF_SAMPLER_DRY(), allowedLength, lastTokens);
            }
            case SamplerSpec.AdaptiveP(float target, float decay, var seed) -> {
                floats(out, target, decay, 0);
                lf_sampler_spec.seed(out, seeds.use(seed));
                yield LlamaFfm.LF_SAMPLER_ADAPTIVE_P();
            }
            case SamplerSpec.LogitBias(var biases) -> {
                data(out, biases.size(), biases(biases));
                yield LlamaFfm.LF_SAMPLER_LOGIT_BIAS();
            }
            case SamplerSpec.NoEnd() -> LlamaFfm.LF_SAMPLER_NO_END();
            case SamplerSpec.Infill() -> {
                requireEnd();
                yield LlamaFfm.LF_SAMPLER_INFILL();
            }
            case SamplerSpec.GrammarRule(GrammarUse use) -> {
                data(out, 1, grammar(use));
                yield LlamaFfm.LF_SAMPLER_GRAMMAR();
            }
            case SamplerSpec.Custom _ -> LlamaFfm.LF_SAMPLER_JAVA();
        });
    }

    private static int integers(MemorySegment out, int type, int first, int second) {
        lf_sampler_spec.i0(out, first);
        lf_sampler_spec.i1(out, second);
        return type;
    }

    private static void floats(MemorySegment out, float first, float second, float third) {
        lf_sampler_spec.f0(out, first);
        lf_sampler_spec.f1(out, second);
        lf_sampler_spec.f2(out, third);
    }

    private static void data(MemorySegment out, int count, MemorySegment elements) {
        lf_sampler_spec.n(out, count);
        lf_sampler_spec.data(out, elements);
    }

    private MemorySegment biases(Map<Integer, Float> biases) {
        MemorySegment structs = llama_logit_bias.allocateArray(biases.size(), arena);
        int i = 0;
        for (Map.Entry<Integer, Float> bias : biases.entrySet()) {
            tokenizer.requireToken(bias.getKey(), i);
            MemorySegment struct = llama_logit_bias.asSlice(structs, i++);
            llama_logit_bias.token(struct, bias.getKey());
            llama_logit_bias.bias(struct, bias.getValue());
        }
        return structs;
    }

    private MemorySegment grammar(GrammarUse use) {
        use.grammar().requireTokens(tokenizer);
        List<String> words = use.triggers().stream()
                .filter(GrammarUse.Trigger.Word.class::isInstance)
                .map(word -> ((GrammarUse.Trigger.Word) word).text())
                .toList();
        int[] tokens = use.triggers().stream()
                .filter(GrammarUse.Trigger.Token.class::isInstance)
                .mapToInt(token -> ((GrammarUse.Trigger.Token) token).token())
                .toArray();
        for (int i = 0; i < tokens.length; i++) {
            tokenizer.requireToken(tokens[i], i);
        }
        MemorySegment request = lf_grammar_request.allocate(arena);
        lf_grammar_request.gbnf(request, text(use.grammar().gbnf()));
        lf_grammar_request.root(request, text(use.grammar().root()));
        lf_grammar_request.trigger_tokens(request, arena.allocateFrom(ValueLayout.JAVA_INT, tokens));
        lf_grammar_request.n_trigger_tokens(request, held ? 0 : tokens.length);
        lf_grammar_request.trigger_words(request, texts(words));
        lf_grammar_request.n_trigger_words(request, held ? 0 : words.size());
        lf_grammar_request.trigger_patterns(request,
                held ? !use.triggers().isEmpty() : use.triggers().stream().anyMatch(GrammarUse.Trigger.Pattern.class::isInstance));
        if (!use.written().isEmpty()) {
            lf_grammar_request.written(request, text(use.written()));
        }
        return request;
    }

    private MemorySegment texts(List<String> texts) {
        MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, texts.size());
        for (int i = 0; i < texts.size(); i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, text(texts.get(i)));
        }
        return pointers;
    }

    private MemorySegment text(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("\"%s\" has a NUL, where llama.cpp would end it".formatted(text));
        }
        byte[] utf8 = Utf8.encode(text);
        return arena.allocate(utf8.length + 1L).copyFrom(MemorySegment.ofArray(utf8));
    }

    private void requireEnd() {
        if (tokenizer.eot().isEmpty() && tokenizer.eos().isEmpty()) {
            throw new IllegalArgumentException(
                    "Infill ends an answer with the end-of-turn or end-of-sequence token, and this vocabulary has neither");
        }
    }
}
