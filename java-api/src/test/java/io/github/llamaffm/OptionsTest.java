package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.SamplerSpec.AdaptiveP;
import io.github.llamaffm.SamplerSpec.Custom;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.Dry;
import io.github.llamaffm.SamplerSpec.GrammarRule;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    @Test
    void samplersAreThoseOfTheToolsByDefault() {
        assertThat(SamplerOptions.defaults().specs()).containsExactly(
                new Penalties(64, 1, 0, 0),
                new TopK(40),
                new TopP(0.95f, 0),
                new MinP(0.05f, 0),
                new Temperature(0.8f),
                new Dist(OptionalInt.empty()));
        assertThat(GenerateOptions.defaults().sampler()).isEqualTo(SamplerOptions.defaults());
    }

    @Test
    void builderKeepsTheOrderOfTheTools() {
        SamplerOptions options = SamplerOptions.builder()
                .seed(7).temperature(0).minP(0.1f).topP(0.5f).topK(3).penalties(8, 1.1f, 0.2f, 0.3f).build();

        assertThat(options.specs()).containsExactly(
                new Penalties(8, 1.1f, 0.2f, 0.3f),
                new TopK(3),
                new TopP(0.5f, 0),
                new MinP(0.1f, 0),
                new Temperature(0),
                new Dist(OptionalInt.of(7)));
    }

    @Test
    void builderPutsWhatIsAskedForIntoTheOrderOfTheTools() {
        SamplerOptions options = SamplerOptions.builder().seed(7).dynamicTemperature(0.2f, 2).xtc(0.5f, 0.2f).minKeep(3)
                .typical(0.9f).topNSigma(1).dry(0.8f).noEnd(true).logitBias(Map.of(5, 1f)).infill(true).build();

        OptionalInt seed = OptionalInt.of(7);
        assertThat(options.specs()).containsExactly(
                new LogitBias(Map.of(5, 1f)),
                new NoEnd(),
                new Penalties(64, 1, 0, 0),
                new Dry(0.8f, 1.75f, 2, 64, List.of("\n", ":", "\"", "*")),
                new TopNSigma(1),
                new TopK(40),
                new Typical(0.9f, 3),
                new TopP(0.95f, 3),
                new MinP(0.05f, 3),
                new Xtc(0.5f, 0.2f, 3, seed),
                new TemperatureExt(0.8f, 0.2f, 2),
                new Infill(),
                new Dist(seed));
    }

    @Test
    void mirostatReplacesTheFiltersAndAdaptivePTheChoice() {
        SamplerOptions.Builder builder = SamplerOptions.builder().temperature(0.7f).seed(7);

        OptionalInt seed = OptionalInt.of(7);
        assertThat(builder.mirostat(5, 0.1f).build().specs())
                .containsExactly(new Temperature(0.7f), new Mirostat(5, 0.1f, 100, seed));
        assertThat(builder.mirostatV2(5, 0.1f).build().specs())
                .containsExactly(new Temperature(0.7f), new MirostatV2(5, 0.1f, seed));
        assertThat(builder.adaptiveP(0.5f, 0.9f).build().specs())
                .hasSize(6).endsWith(new Temperature(0.7f), new AdaptiveP(0.5f, 0.9f, seed));
    }

    @Test
    void aCustomSamplerMayEndAChain() {
        SamplerSpec custom = new Custom(() -> candidates -> candidates.select(0));
        assertThat(SamplerOptions.of(custom, new TopK(4), custom).specs()).hasSize(3);
    }

    static Stream<List<SamplerSpec>> chainsThatCannotSample() {
        GrammarRule grammar = new GrammarRule(GrammarUse.always(Grammar.of("root ::= [a-z]+")));
        return Stream.of(
                List.of(new Mirostat(5, 0.1f, 100, OptionalInt.empty()), new Greedy()),
                List.of(grammar, grammar, new Greedy()),
                List.of(new Infill()),
                List.of(),
                List.of(new TopK(1)),
                List.of(new Greedy(), new TopK(1)),
                List.of(new Greedy(), new Greedy()));
    }

    @ParameterizedTest
    @MethodSource("chainsThatCannotSample")
    void refusesAChainThatCannotSample(List<SamplerSpec> specs) {
        assertThatIllegalArgumentException().isThrownBy(() -> new SamplerOptions(specs));
    }

    static Stream<ThrowingCallable> samplersOutOfRange() {
        return Stream.of(
                () -> new TopK(-1),
                () -> new TopP(-0.1f, 0),
                () -> new TopP(1.1f, 0),
                () -> new TopP(Float.NaN, 0),
                () -> new TopP(0.5f, -1),
                () -> new MinP(2, 0),
                () -> new Temperature(-1),
                () -> new Temperature(Float.NaN),
                () -> new Temperature(Float.POSITIVE_INFINITY),
                () -> new Penalties(-1, 1, 0, 0),
                () -> new Penalties(64, 0, 0, 0),
                () -> new Penalties(64, 1, Float.NaN, 0),
                () -> new Temperature(1e-7f),
                () -> new Temperature(1e7f),
                () -> new TemperatureExt(1, -1, 1),
                () -> new TemperatureExt(1, 1, -1),
                () -> new TemperatureExt(1, 1, Float.NaN),
                () -> new Penalties(Integer.MAX_VALUE, 1, 0, 0),
                () -> new Penalties(64, Float.MIN_VALUE, 0, 0),
                () -> new Penalties(64, 1, 0, Float.MAX_VALUE),
                () -> new Typical(1.5f, 0),
                () -> new Xtc(2, 0.1f, 0, OptionalInt.empty()),
                () -> new Xtc(0.5f, -1, 0, OptionalInt.empty()),
                () -> new Xtc(0.5f, 0.1f, 0, OptionalInt.of(-1)),
                () -> new TopNSigma(-1),
                () -> new Mirostat(-1, 0.1f, 100, OptionalInt.empty()),
                () -> new Mirostat(5, 0.1f, 0, OptionalInt.empty()),
                () -> new Mirostat(5, 0.1f, 100, OptionalInt.of(-1)),
                () -> new MirostatV2(5, Float.NaN, OptionalInt.empty()),
                () -> new MirostatV2(5, 0.1f, OptionalInt.of(-1)),
                () -> new Dry(-1, 1.75f, 2, 64, List.of()),
                () -> new Dry(1, 0.5f, 2, 64, List.of()),
                () -> new Dry(1, 1.75f, -1, 64, List.of()),
                () -> new Dry(1, 1.75f, 2, 1 << 21, List.of()),
                () -> new Dry(1, 1.75f, 2, 64, List.of("")),
                () -> new Dry(1, 1.75f, 2, 64, List.of("a\0b")),
                () -> new Dry(1, 1.75f, 2, 64, List.of("a".repeat(41))),
                () -> new AdaptiveP(-1, 0.9f, OptionalInt.empty()),
                () -> new AdaptiveP(0.5f, 1, OptionalInt.empty()),
                () -> new AdaptiveP(0.5f, 0.9f, OptionalInt.of(-1)),
                () -> new LogitBias(Map.of(1, Float.NaN)),
                () -> new LogitBias(Map.of(1, Float.POSITIVE_INFINITY)),
                () -> new Dist(OptionalInt.of(-1)));
    }

    @ParameterizedTest
    @MethodSource("samplersOutOfRange")
    void refusesSamplersOutOfRange(ThrowingCallable sampler) {
        assertThatIllegalArgumentException().isThrownBy(sampler);
    }

    @Test
    void contextsAreThoseOfTheToolsByDefault() {
        ContextOptions options = ContextOptions.defaults();

        assertThat(options.contextSize()).isEmpty();
        assertThat(options.trainedContextSize()).isFalse();
        assertThat(options.batchSize()).isEqualTo(2048);
        assertThat(options.ubatchSize()).isEqualTo(512);
        assertThat(options.maxSequences()).isEqualTo(1);
        assertThat(options.maxOutputs()).isEmpty();
        assertThat(options.threads()).isEmpty();
        assertThat(options.flashAttention()).isEqualTo(FlashAttention.AUTO);
    }

    static Stream<UnaryOperator<ContextOptions.Builder>> contextsOutOfRange() {
        return Stream.of(
                builder -> builder.contextSize(0),
                builder -> builder.contextSize(-1),
                builder -> builder.contextSize(Integer.MAX_VALUE),
                builder -> builder.batchSize(0),
                builder -> builder.ubatchSize(-1),
                builder -> builder.maxSequences(0),
                builder -> builder.maxSequences(257),
                builder -> builder.maxSequences(4).maxOutputs(3),
                builder -> builder.threads(0),
                builder -> builder.threads(513));
    }

    @ParameterizedTest
    @MethodSource("contextsOutOfRange")
    void refusesContextsOutOfRange(UnaryOperator<ContextOptions.Builder> change) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change.apply(ContextOptions.builder()).build())
                .withMessageMatching("\\w+ -?\\d+ is not in \\d+\\.\\.\\d+");
    }

    @Test
    void theLastContextSizeWins() {
        assertThat(ContextOptions.builder().contextSize(8).trainedContextSize().build().contextSize()).isEmpty();
        assertThat(ContextOptions.builder().trainedContextSize().contextSize(8).build().trainedContextSize()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE})
    void refusesNegativeNumbersOfTokensAndLayers(int number) {
        assertThatIllegalArgumentException().isThrownBy(() -> GenerateOptions.builder().maxTokens(number).build());
        assertThatIllegalArgumentException().isThrownBy(() -> ModelOptions.builder().gpuLayers(number).build());
    }

    @Test
    void refusesAnEmptyStopAndANegativeTime() {
        assertThatIllegalArgumentException().isThrownBy(() -> GenerateOptions.builder().stop("a", "").build());
        assertThatIllegalArgumentException().isThrownBy(() -> GenerateOptions.builder().stop("\uD800").build());
        assertThatIllegalArgumentException().isThrownBy(() -> new GrammarUse.Trigger.Word("\uD800"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GenerateOptions.builder().timeLimit(Duration.ofNanos(-1)).build());
    }

    @Test
    void optionsDoNotChangeAfterwards() {
        List<String> stops = new ArrayList<>(List.of("a"));
        GenerateOptions options = GenerateOptions.builder().stop(stops).build();
        stops.add("b");

        assertThat(options.stop()).containsExactly("a");
        Set<Integer> visible = new HashSet<>(Set.of(1));
        options = GenerateOptions.builder().visibleTokens(visible).build();
        visible.add(2);

        assertThat(options.visibleTokens()).containsExactly(1);
        assertThat(GenerateOptions.defaults().visibleTokens()).isEmpty();
    }

    @Test
    void resultsCopyTheirTokens() {
        int[] tokens = {1, 2, 3};
        var timings = new GenerationResult.Timings(Duration.ofMillis(500), Duration.ofSeconds(1));
        var result = new GenerationResult("text", tokens, FinishReason.END, 10, timings);
        tokens[0] = 9;
        result.tokens()[1] = 9;

        assertThat(result.tokens()).containsExactly(1, 2, 3);
        assertThat(result.promptTokensPerSecond()).isEqualTo(20);
        assertThat(result.tokensPerSecond()).isEqualTo(2);
        assertThat(result).isEqualTo(new GenerationResult("text", new int[] {1, 2, 3}, FinishReason.END, 10, timings));
    }

    private static final Device CPU = new Device("CPU", "", "", Device.Type.CPU, "CPU", 1, 1);
    private static final Device FIRST = new Device("CUDA0", "", "", Device.Type.GPU, "CUDA", 1, 1);
    private static final Device SECOND = new Device("CUDA1", "", "", Device.Type.GPU, "CUDA", 1, 1);

    static Stream<UnaryOperator<ModelOptions.Builder>> loadsThatCannotBe() {
        return Stream.of(
                options -> options.gpuLayers(-1),
                options -> options.devices(CPU),
                options -> options.devices(FIRST, FIRST),
                options -> options.tensorSplit(-1),
                options -> options.tensorSplit(Float.NaN),
                options -> options.tensorSplit(0, 0),
                options -> options.tensorSplit(Float.MAX_VALUE, Float.MAX_VALUE),
                options -> options.tensorSplit(new float[17]),
                options -> options.devices(FIRST).tensorSplit(1, 1),
                options -> options.mainGpu(-2),
                options -> options.metadataOverride("", MetadataValue.of(1)),
                options -> options.metadataOverride("k".repeat(128), MetadataValue.of(1)),
                options -> options.metadataOverride("k\0", MetadataValue.of(1)),
                options -> options.metadataOverride("k", MetadataValue.of("é".repeat(64))),
                options -> options.metadataOverride("k", MetadataValue.of("\0")),
                options -> options.tensorPlacement("", FIRST),
                options -> options.tensorPlacement("x".repeat(501), FIRST),
                options -> options.tensorPlacements(Collections.nCopies(4095, new TensorPlacement("x", CPU))),
                options -> options.devices(FIRST).tensorPlacement("x", SECOND),
                options -> options.devices(FIRST, SECOND).splitMode(SplitMode.NONE).tensorPlacement("x", SECOND));
    }

    @ParameterizedTest
    @MethodSource("loadsThatCannotBe")
    void loadsAreChecked(UnaryOperator<ModelOptions.Builder> change) {
        assertThatIllegalArgumentException().isThrownBy(() -> change.apply(ModelOptions.builder()).build());
    }

    @Test
    void loadsTakeTheirLimits() {
        ModelOptions options = ModelOptions.builder()
                .devices(FIRST, SECOND).splitMode(SplitMode.NONE).mainGpu(1).tensorSplit(0, 1)
                .metadataOverride("k".repeat(127), MetadataValue.of("é".repeat(63)))
                .tensorPlacement("x".repeat(500), SECOND).tensorPlacement("y", CPU).build();

        assertThat(options.tensorPlacements()).extracting(TensorPlacement::device).containsExactly(SECOND, CPU);
        assertThat(ModelOptions.defaults().loadMode()).isEqualTo(LoadMode.AUTO);
        assertThat(ModelOptions.defaults().splitMode()).isEqualTo(SplitMode.LAYER);
        assertThat(ModelOptions.defaults().repack()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> ModelSource.splits(List.of()));
    }

    @Test
    void aQuantisedValueTypeNeedsFlashAttention() {
        ContextOptions.Builder builder = ContextOptions.builder().valueType(KvType.Q8_0);

        assertThat(builder.build().flashAttention()).isEqualTo(FlashAttention.AUTO);
        assertThatIllegalArgumentException().isThrownBy(builder.flashAttention(FlashAttention.OFF)::build)
                .withMessage("valueType Q8_0 needs flash attention; leave flashAttention at AUTO or choose F16");
        assertThat(builder.valueType(KvType.BF16).keyType(KvType.Q4_0).build().valueType()).isEqualTo(KvType.BF16);
    }

    /** llama.cpp would abort at the first prompt. */
    @Test
    void statesToGoBackToFitIntoAUbatch() {
        ContextOptions.Builder builder = ContextOptions.builder().recurrentRollback(8).ubatchSize(9);

        assertThatIllegalArgumentException().isThrownBy(builder::build)
                .withMessage("recurrentRollback 8 needs a ubatchSize and a batchSize of more than 9");
        assertThat(builder.ubatchSize(10).build().recurrentRollback()).isEqualTo(8);
        assertThatIllegalArgumentException().isThrownBy(builder.batchSize(9)::build);
    }
}
