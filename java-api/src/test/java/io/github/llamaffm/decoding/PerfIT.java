package io.github.llamaffm.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.PerfCounters;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a context counts, and a warm-up that it does not count. */
class PerfIT {
    static final List<TinyModel> MODELS = List.of(TinyModel.llama(), TinyModel.mamba(), TinyModel.gemma3(), TinyModel.t5());

    private static final GenerateOptions FIVE = GenerateOptions.builder().maxTokens(5).sampler(SamplerOptions.greedy()).build();

    @TempDir
    private Path folder;

    private static Context open(Model model) {
        return model.newContext(ContextOptions.builder().contextSize(256).batchSize(64).ubatchSize(64).maxSequences(2).threads(1)
                .build());
    }

    private static int[] generate(Context context) {
        try (Generation generation = context.generate("Once upon a time", FIVE)) {
            return generation.result().tokens();
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void countsTokens(TinyModel tiny) {
        try (Model model = Model.load(tiny.writeTo(folder.resolve("tiny.gguf"))); Context context = open(model)) {
            PerfCounters none = context.perf();
            assertThat(none).extracting(PerfCounters::promptTokens, PerfCounters::generatedTokens, PerfCounters::reusedGraphs,
                    PerfCounters::forks).containsExactly(0, 0, 0, 0L);
            assertThat(none.prompt()).isEqualTo(Duration.ZERO);

            int prompt = model.tokenizer().encode("Once upon a time", true, true).length;
            generate(context);

            PerfCounters counters = context.perf();
            // The prompt of an encoder is a prompt too; its decoder starts with one token.
            assertThat(counters.promptTokens() + counters.generatedTokens())
                    .isEqualTo(prompt + 4 + (model.info().hasEncoder() ? 1 : 0));
            assertThat(counters.load()).isPositive();
            assertThat(counters.prompt().plus(counters.generation())).isPositive();

            context.resetPerf();
            assertThat(context.perf().promptTokens()).isZero();
            assertThat(context.perf().generatedTokens()).isZero();
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void aWarmUpLeavesNoTrace(TinyModel tiny) {
        try (Model model = Model.load(tiny.writeTo(folder.resolve("tiny.gguf")))) {
            int[] cold;
            try (Context context = open(model)) {
                cold = generate(context);
            }
            try (Context context = open(model)) {
                context.warmUp();
                assertThat(context.perf().promptTokens()).isZero();
                assertThat(context.perf().generatedTokens()).isZero();
                assertThat(generate(context)).isEqualTo(cold);

                PerfCounters before = context.perf();
                context.warmUp();
                assertThat(context.perf()).isEqualTo(before);
                assertThat(generate(context)).isEqualTo(cold);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void aWarmUpNeedsASequence(TinyModel tiny) {
        try (Model model = Model.load(tiny.writeTo(folder.resolve("tiny.gguf"))); Context context = open(model);
                Sequence first = context.newSequence(); Sequence second = context.newSequence()) {
            assertThatIllegalStateException().isThrownBy(context::warmUp).withMessageContaining("2 sequences");
            second.close();
            context.warmUp();
            assertThat(first.length()).isZero();
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void forksAreCounted(TinyModel tiny) {
        try (Model model = Model.load(tiny.writeTo(folder.resolve("tiny.gguf"))); Context context = open(model);
                Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
            if (!model.info().hasEncoder()) {
                sequence.append(1, 2, 3);
            }
            sequence.fork().close();
            assertThat(context.perf()).extracting(PerfCounters::forks, PerfCounters::copiedBytes).containsExactly(1L, 0L);
            context.resetPerf();
            assertThat(context.perf().forks()).isZero();
        }
    }
}
