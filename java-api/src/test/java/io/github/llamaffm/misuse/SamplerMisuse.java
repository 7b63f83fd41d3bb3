package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec.AdaptiveP;
import io.github.llamaffm.SamplerSpec.Custom;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.Dry;
import io.github.llamaffm.SamplerSpec.Greedy;
import io.github.llamaffm.SamplerSpec.Infill;
import io.github.llamaffm.SamplerSpec.LogitBias;
import io.github.llamaffm.SamplerSpec.MinP;
import io.github.llamaffm.SamplerSpec.Mirostat;
import io.github.llamaffm.SamplerSpec.MirostatV2;
import io.github.llamaffm.SamplerSpec.NoEnd;
import io.github.llamaffm.SamplerSpec.Penalties;
import io.github.llamaffm.SamplerSpec.Temperature;
import io.github.llamaffm.SamplerSpec.TemperatureExt;
import io.github.llamaffm.SamplerSpec.TopK;
import io.github.llamaffm.SamplerSpec.TopNSigma;
import io.github.llamaffm.SamplerSpec.TopP;
import io.github.llamaffm.SamplerSpec.Typical;
import io.github.llamaffm.SamplerSpec.Xtc;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Samples with chains that cannot sample, and with each sampler at its limits. */
final class SamplerMisuse implements MisuseGroup {

    private static final int MAX = Integer.MAX_VALUE;
    private static final OptionalInt SEED = OptionalInt.of(1);

    private static final List<SamplerSpec> LIMITS = List.of(
            new TopK(0), new TopK(1), new TopK(MAX), new TopP(0, 0), new TopP(0, MAX), new TopP(1, MAX), new TopP(Float.MIN_VALUE, 0),
            new MinP(0, MAX), new MinP(1, 0), new MinP(1, MAX), new Temperature(0), new Temperature(1e-6f), new Temperature(1e6f),
            new TemperatureExt(0, 0, 0), new TemperatureExt(1e-6f, 1e6f, 100), new TemperatureExt(1e6f, 1e6f, 0),
            new Penalties(0, 1e-6f, -1e6f, -1e6f), new Penalties(1 << 20, 1e6f, 1e6f, 1e6f), new Penalties(64, 1e-6f, 1e6f, -1e6f),
            new Typical(0, 0), new Typical(0, MAX), new Typical(1, MAX), new Xtc(1, 0, 0, SEED), new Xtc(1, 0, MAX, SEED), new Xtc(1, 1, 0, SEED),
            new TopNSigma(0), new TopNSigma(Float.MIN_VALUE), new TopNSigma(1e6f), new Dry(1e6f, 1e6f, MAX, 1 << 20, List.of()),
            new Dry(1e6f, 1e6f, 0, 1 << 20, List.of()), new Dry(1, 1, 0, 0, IntStream.range(0, 500).mapToObj(i -> "b" + i).toList()),
            new LogitBias(Map.of()), new LogitBias(Map.of(0, -1e6f, 1, 1e6f)), new NoEnd(), new Infill());

    private static final List<SamplerSpec> LAST = List.of(
            new Greedy(), new Dist(OptionalInt.of(Integer.MIN_VALUE)), new Mirostat(0, 0, 1, SEED), new Mirostat(1e6f, 1e6f, MAX, SEED),
            new MirostatV2(0, 0, SEED), new MirostatV2(1e6f, 1e6f, SEED), new AdaptiveP(0, 0, SEED), new AdaptiveP(1, 0.99f, SEED));

    @Override
    public String title() {
        return "Samplers";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("An empty chain", "abort llama-sampler.cpp:956", IllegalArgumentException.class, _ -> SamplerOptions.of()),
                refused("A chain that ends without a choice", "abort llama-sampler.cpp:956", IllegalArgumentException.class, _ -> SamplerOptions.of(new TopK(1))),
                refused("A chain that chooses twice", "not tried", IllegalArgumentException.class, _ -> SamplerOptions.of(new Greedy(), new Greedy())),
                refused("Softmax of no candidates", "abort llama-sampler.cpp:294", SamplingException.class,
                        scene -> sample(scene, custom(candidates -> candidates.truncate(0)), new TopP(0.5f, 0), new Dist(SEED))),
                refused("Every token excluded", "not tried", SamplingException.class, scene -> sample(scene, everyToken(scene), new Dist(SEED))),
                refused("`Infill` of a vocabulary without an end", "abort llama-sampler.cpp:4222", IllegalArgumentException.class, scene -> {
                    TinyModel endless = TinyModel.bert().metadata("tokenizer.ggml.eos_token_id", GgufValue.of(-1));
                    try (Model model = Model.load(endless.writeTo(scene.folder().resolve("endless.gguf")))) {
                        model.newSampler(SamplerOptions.of(new Infill(), new Greedy())).close();
                    }
                }),
                absent("Counters of what is no chain; a link added to what is no chain", "abort llama-sampler.cpp:4359; signal",
                        "a chain is made whole", _ -> PublicApi.hasNo(".*[sS]amplerPerf.*|addLink|chainAdd")),
                absent("One chain attached to a context twice, or to two sequences", "abort llama-context.cpp:739",
                        "nothing attaches a chain", _ -> PublicApi.takes(Sampler.class, "sample", List.of(io.github.llamaffm.Context.class, int.class))),
                refused("A sampler and a context of two models", "not tried", IllegalArgumentException.class, scene -> {
                    try (Sampler sampler = scene.model(TinyModel.gemma()).newSampler(SamplerOptions.greedy())) {
                        scene.inContext(context -> sampler.sample(context, 0));
                    }
                }),
                refused("Token -1 accepted", "not tried", IllegalArgumentException.class, scene -> accept(scene, -1)),
                refused("A token accepted that the vocabulary has not", "not tried", IllegalArgumentException.class, scene -> accept(scene, MAX)),
                refused("A bias for a token that the vocabulary has not", "not tried", IllegalArgumentException.class,
                        scene -> sample(scene, new LogitBias(Map.of(MAX, 1f)), new Greedy())),
                refused("A bias of NaN", "not tried", IllegalArgumentException.class, _ -> new LogitBias(Map.of(1, Float.NaN))),
                refused("A temperature of NaN", "not tried", IllegalArgumentException.class, _ -> new Temperature(Float.NaN)),
                refused("A look back of 2^31 - 1 tokens", "not tried", IllegalArgumentException.class, _ -> new Penalties(MAX, 1, 0, 0)),
                refused("-1 candidates", "-", IllegalArgumentException.class, scene -> {
                    try (Sampler sampler = scene.llama().newSampler(SamplerOptions.greedy())) {
                        scene.inContext(context -> sampler.candidates(context, 0, -1));
                    }
                }),
                works("Each sampler at its limits, before each that chooses at its limits, three tokens each", "not tried", scene -> atLimits(scene, false)),
                works("Each pair of samplers at their limits", "not tried", scene -> atLimits(scene, true)),
                works("A chain of 10,000 samplers", "not tried", scene -> {
                    List<SamplerSpec> specs = new java.util.ArrayList<>(Collections.nCopies(10_000, new Temperature(1)));
                    specs.add(new Greedy());
                    sample(scene, specs.toArray(SamplerSpec[]::new));
                    return "a token";
                }),
                refused("A Java sampler that chooses none", "abort llama-sampler.cpp:956", SamplingException.class, scene -> sample(scene, custom(_ -> {}))),
                refused("A Java sampler that chooses one behind the last", "abort llama-sampler.cpp:956", IndexOutOfBoundsException.class,
                        scene -> sample(scene, custom(candidates -> candidates.select(candidates.size())))),
                refused("A Java sampler that makes a logit NaN", "not tried", IllegalArgumentException.class,
                        scene -> sample(scene, custom(candidates -> candidates.logit(0, Float.NaN)))),
                refused("A Java sampler that chooses, in the middle of a chain", "-", IllegalStateException.class,
                        scene -> sample(scene, custom(candidates -> candidates.select(0)), new Greedy())),
                refused("The candidates of a Java sampler, afterwards", "-", IllegalStateException.class, scene -> {
                    Candidates[] kept = new Candidates[1];
                    sample(scene, custom(candidates -> kept[0] = candidates), new Greedy());
                    kept[0].token(0);
                }),
                refused("A supplier that makes no sampler", "-", NullPointerException.class, scene -> sample(scene, new Custom(SamplerMisuse::nothing))));
    }

    @SuppressWarnings("NullAway")
    private static CandidateSampler nothing() {
        return null;
    }

    private static SamplerSpec custom(CandidateSampler sampler) {
        return new Custom(() -> sampler);
    }

    private static SamplerSpec everyToken(Scene scene) {
        return new LogitBias(IntStream.range(0, scene.llama().tokenizer().size()).boxed()
                .collect(Collectors.toMap(token -> token, _ -> Float.NEGATIVE_INFINITY)));
    }

    private static void accept(Scene scene, int token) {
        try (Sampler sampler = scene.llama().newSampler(SamplerOptions.of(new Penalties(64, 1.1f, 0, 0), new Greedy()))) {
            sampler.accept(1, token);
        }
    }

    private static void sample(Scene scene, SamplerSpec... specs) throws Exception {
        scene.inBatch((context, sequence, batch) -> {
            int row = batch.add(sequence, 1, true);
            context.decode(batch);
            sample(scene, context, row, specs);
        });
    }

    private static void sample(Scene scene, io.github.llamaffm.Context context, int row, SamplerSpec... specs) {
        try (Sampler sampler = scene.llama().newSampler(SamplerOptions.of(specs))) {
            for (int i = 0; i < 3; i++) {
                assertThat(sampler.sample(context, row)).isBetween(0, scene.llama().tokenizer().size() - 1);
            }
        }
    }

    private static String atLimits(Scene scene, boolean pairs) throws Exception {
        scene.inBatch((context, sequence, batch) -> {
            int row = batch.add(sequence, 1, true);
            context.decode(batch);
            for (SamplerSpec first : LIMITS) {
                for (SamplerSpec second : pairs ? LIMITS : LAST) {
                    try {
                        sample(scene, context, row, pairs ? new SamplerSpec[] {first, second, new Dist(SEED)} : new SamplerSpec[] {first, second});
                    } catch (SamplingException e) {
                        assertThat(pairs).as("%s, %s: %s", first, second, e).isTrue();
                    }
                }
            }
        });
        return pairs ? "tokens, or a `SamplingException`" : "tokens";
    }
}
