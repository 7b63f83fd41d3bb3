package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.modeljar.ModelJar;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.Peer;
import io.github.llamaffm.support.StoredEntry;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.io.File;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryPlanIT {

    private static final long MIB = 1 << 20;

    private static final Map<PlanCase, Future<ChildJvm.Result>> children = new EnumMap<>(PlanCase.class);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makeModels() throws Exception {
        Path model = TestFiles.model();
        ModelJar.builder(model, "default").build().writeTo(folder.resolve("jar"));
        try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("misaligned jar")))) {
            StoredEntry.put(zip, "filler", new byte[57]);
            StoredEntry.put(zip, PlanCase.RESOURCE_NAME, Files.readAllBytes(model));
        }
        Peer.run("llama-gguf-split", "--split-max-tensors", "100", model, folder.resolve("split"));
        Peer.run("llama-quantize", "--allow-requantize", model, folder.resolve("q4_0.gguf"), "Q4_0");
        TinyModel.gemma3().layers(12).embeddingSize(256).heads(8, 4).contextSize(32_768).writeTo(folder.resolve("gemma3.gguf"));
        TinyModel.mamba().layers(12).embeddingSize(512).writeTo(folder.resolve("mamba.gguf"));
        TinyModel.mixtral().layers(8).embeddingSize(256).heads(8, 8).contextSize(32_768).writeTo(folder.resolve("mixtral.gguf"));
        startChildren();
    }

    /** Two at a time, each with one thread. */
    private static void startChildren() {
        try (ExecutorService lanes = Executors.newFixedThreadPool(2)) {
            for (PlanCase planCase : PlanCase.values()) {
                children.put(planCase, lanes.submit(() -> child(planCase)));
            }
        }
    }

    private static ChildJvm.Result child(PlanCase planCase) {
        String classPath = System.getProperty("java.class.path");
        return ChildJvm.of(PlannedProcess.class)
                .classPath(planCase.file.endsWith("jar") ? classPath + File.pathSeparator + folder.resolve(planCase.file) : classPath)
                .options("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch")
                .arguments(planCase, folder)
                .run();
    }

    @ParameterizedTest
    @EnumSource
    void isWhatTheContextTakes(PlanCase planCase) throws Exception {
        var result = children.get(planCase).get();
        Properties report = new Properties();
        report.load(new StringReader(result.assertSuccess()));

        assertThat(report.getProperty("plan")).as("weights, mapped ones, cache and compute in bytes")
                .isEqualTo(report.getProperty("real"));
        assertThat(report.getProperty("plan.size")).isEqualTo(report.getProperty("real.size"));
        long total = number(report, "plan.total");
        assertThat(total).as("enough to be measured").isGreaterThan(100 * MIB);
        assertThat(number(report, "growth")).as("memory in use after a full batch").isCloseTo(total, within(total / 20));
        assertThat(number(report, "peak.plan")).as("memory that planning takes, beside what a vocabulary does")
                .isLessThan(number(report, "peak.vocabulary") + 24 * MIB);
    }

    /** The table of the cells of these would be 12 MiB; sizes far beyond are asked for too. */
    @Test
    void extrapolatesLargeContexts() {
        Path file = TinyModel.llama().writeTo(folder.resolve("tiny.gguf"));
        for (ContextOptions.Builder builder : List.of(
                ContextOptions.builder().contextSize(262_144),
                ContextOptions.builder().contextSize(200_001).maxSequences(3).unifiedCache(false))) {
            ContextOptions options = builder.threads(1).ubatchSize(64).build();

            MemoryPlan plan = plan(file, ModelOptions.defaults(), options);

            try (Model model = Model.load(file); Context context = model.newContext(options)) {
                MemoryUse.Part real = MemoryMeter.of((NativeModel) model, (NativeContext) context).parts().getFirst();
                MemoryPlan.Part planned = plan.parts().getFirst();
                assertThat(plan.contextSize()).isEqualTo(context.size());
                assertThat(List.of(planned.weights(), planned.kvCache(), planned.compute()))
                        .isEqualTo(List.of(real.weights(), real.kvCache(), real.compute()));
            }
        }
        MemoryPlan absurd = plan(file, ModelOptions.defaults(), context(Integer.MAX_VALUE - 255));
        assertThat(absurd.fits()).isFalse();
        assertThat(absurd.parts().getFirst().kvCache()).isGreaterThan(100L << 30);
        assertThat(absurd.largestContext().orElseThrow()).isGreaterThan(262_144);
    }

    @Test
    void aCapLowersWhatIsOpenAndRefusesWhatIsNot() {
        Path file = TestFiles.model();
        ModelOptions cap = ModelOptions.builder().maxHostMemory(260 * MIB).memoryReserve(10 * MIB).build();

        MemoryPlan plan = plan(file, cap, ContextOptions.defaults());

        int largest = plan.largestContext().orElseThrow();
        assertThat(plan.fits()).isTrue();
        assertThat(plan.contextSize()).isEqualTo(largest).isBetween(1024, 7936);
        assertThat(plan.parts().getFirst().available()).isEqualTo(250 * MIB);
        assertThat(plan(file, cap, context(largest)).fits()).isTrue();
        MemoryPlan larger = plan(file, cap, context(largest + 256));
        assertThat(larger.fits()).isFalse();
        assertThat(larger.largestContext()).hasValue(largest);

        try (Model model = Model.load(file, cap)) {
            try (Context context = model.newContext()) {
                assertThat(context.size()).isEqualTo(largest);
            }
            model.newContext(context(largest)).close();
            assertThatExceptionOfType(InsufficientMemoryException.class)
                    .isThrownBy(() -> model.newContext(context(largest + 256)))
                    .satisfies(e -> {
                        assertThat(e.needed()).isEqualTo(larger.parts().getFirst().total());
                        assertThat(e.available()).isEqualTo(250 * MIB);
                    })
                    .withMessageContainingAll("a context of %d tokens needs 252 MiB on the host".formatted(largest + 256),
                            "250 MiB are available", "lower contextSize to at most " + largest);
        }
    }

    @Test
    void aCapThatHoldsNothingIsSaid() {
        Path file = TestFiles.model();
        ModelOptions cap = ModelOptions.builder().maxHostMemory(50 * MIB).build();

        MemoryPlan plan = plan(file, cap, ContextOptions.defaults());

        assertThat(plan.fits()).isFalse();
        assertThat(plan.largestContext()).isEmpty();
        assertThat(plan.contextSize()).isEqualTo(8192);
        try (Model model = Model.load(file, cap)) {
            assertThatExceptionOfType(InsufficientMemoryException.class).isThrownBy(model::newContext)
                    .withMessageContainingAll("50 MiB are available", "not even the smallest context fits");
        }
    }

    /** While others plan, load and compute: nobody's real buffers lose their memory. */
    @Test
    void manyThreadsPlanAtOnce() throws Exception {
        Path file = TinyModel.llama().writeTo(folder.resolve("shared.gguf"));
        ContextOptions options = ContextOptions.builder().contextSize(1024).threads(1).build();
        GenerateOptions greedy = GenerateOptions.builder().maxTokens(8).sampler(SamplerOptions.greedy()).build();
        MemoryPlan expected = plan(file, ModelOptions.defaults(), options);
        String text;
        try (Model model = Model.load(file); Context context = model.newContext(options)) {
            text = context.generate("ab", greedy).result().text();
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                List<Future<?>> work = IntStream.range(0, 40).<Future<?>>mapToObj(i -> threads.submit(() -> {
                    if (i % 2 == 0) {
                        MemoryPlan plan = plan(file, ModelOptions.defaults(), options);
                        assertThat(sizes(plan)).isEqualTo(sizes(expected));
                    } else {
                        try (Context own = model.newContext(options)) {
                            assertThat(own.generate("ab", greedy).result().text()).isEqualTo(text);
                        }
                    }
                })).toList();
                for (Future<?> each : work) {
                    each.get();
                }
            }
        }
    }

    @Test
    void refusesWhatCannotBePlanned() {
        assertThatIllegalArgumentException().isThrownBy(() ->
                plan(TestFiles.model(), ModelOptions.builder().vocabularyOnly(true).build(), ContextOptions.defaults()));
        assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() ->
                plan(folder.resolve("missing.gguf"), ModelOptions.defaults(), ContextOptions.defaults()));
        Path narrow = TinyModel.llama().embeddingSize(48).heads(3, 3).writeTo(folder.resolve("narrow.gguf"));
        assertThatExceptionOfType(ContextCreationException.class).isThrownBy(() ->
                plan(narrow, ModelOptions.defaults(), ContextOptions.builder().keyType(KvType.Q8_0).build()))
                .withMessageContaining("does not divide");
        // What newContext refuses before llama.cpp is asked.
        assertThatExceptionOfType(RankingException.class).isThrownBy(() ->
                plan(TestFiles.model(), ModelOptions.defaults(), ContextOptions.builder().pooling(Pooling.RANK).build()));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(TestFiles.model(), ModelOptions.defaults(),
                ContextOptions.builder().pooling(Pooling.MEAN).maxSequences(2).unifiedCache(false).build()))
                .withMessageContaining("unified");
        Path t5 = TinyModel.t5().writeTo(folder.resolve("t5.gguf"));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(t5, ModelOptions.defaults(),
                ContextOptions.builder().maxSequences(2).unifiedCache(false).build())).withMessageContaining("unified");
        assertThatIllegalArgumentException().isThrownBy(() -> plan(t5, ModelOptions.defaults(),
                ContextOptions.builder().pooling(Pooling.MEAN).build())).withMessageContaining("Pooling.NONE");
        Cancellation cancelled = Cancellation.create();
        cancelled.cancel();
        assertThatExceptionOfType(CancelledException.class).isThrownBy(() ->
                plan(TestFiles.model(), ModelOptions.builder().cancellation(cancelled).build(), ContextOptions.defaults()));
    }

    private static List<Long> sizes(MemoryPlan plan) {
        MemoryPlan.Part part = plan.parts().getFirst();
        return List.of(part.weights(), part.kvCache(), part.compute(), (long) plan.contextSize());
    }

    private static MemoryPlan plan(Path file, ModelOptions model, ContextOptions context) {
        return MemoryPlan.of(ModelSource.path(file), model, context);
    }

    private static ContextOptions context(int size) {
        return ContextOptions.builder().contextSize(size).build();
    }

    private static long number(Properties report, String key) {
        return Long.parseLong(report.getProperty(key));
    }
}
