package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Attention;
import io.github.llamaffm.ContextCreationException;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.InsufficientMemoryException;
import io.github.llamaffm.KvType;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.RankingException;
import io.github.llamaffm.RopeScaling;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.ThreadPool;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.util.List;
import java.util.function.UnaryOperator;

/** Asks for contexts that cannot be, and for some that look as if they could not. */
final class ContextMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Contexts";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("`contextSize` 0, -1, least and greatest", "0: as trained; else not tried", IllegalArgumentException.class, _ -> {
                    each(number -> options(builder -> builder.contextSize(number)), -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0);
                }),
                refused("`contextSize` 2,147,483,392", "NULL, or killed while it is filled", InsufficientMemoryException.class,
                        scene -> open(scene, builder -> builder.contextSize(Integer.MAX_VALUE - 255))),
                refused("`batchSize` 0", "abort llama-context.cpp:2260", IllegalArgumentException.class, _ ->
                        each(number -> options(builder -> builder.batchSize(number)), -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0)),
                refused("`ubatchSize` 0", "not tried", IllegalArgumentException.class, _ ->
                        each(number -> options(builder -> builder.ubatchSize(number)), -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0)),
                refused("`maxSequences` 257", "NULL", IllegalArgumentException.class, _ ->
                        each(number -> options(builder -> builder.maxSequences(number)), -1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE, 257)),
                refused("Fewer `maxOutputs` than sequences", "abort llama-context.cpp:2260", IllegalArgumentException.class,
                        _ -> options(builder -> builder.maxSequences(4).maxOutputs(3))),
                works("`batchSize` 1 and four sequences", "abort llama-context.cpp:2260", scene -> {
                    scene.inContext(scene.llama(), builder -> builder.batchSize(1).ubatchSize(1).maxSequences(4), context ->
                            assertThat(context.generate("Hello", Scene.FEW).result().tokens()).hasSize(4));
                    return "generates";
                }),
                works("Everything 1; 256 sequences with one cache each; a batch of 1,048,576", "not tried", scene -> {
                    for (UnaryOperator<ContextOptions.Builder> change : List.<UnaryOperator<ContextOptions.Builder>>of(
                            builder -> builder.contextSize(1).batchSize(1).ubatchSize(1).maxSequences(1),
                            builder -> builder.maxSequences(256).unifiedCache(false),
                            builder -> builder.maxOutputs(1 << 20),
                            builder -> builder.batchSize(1 << 20).ubatchSize(1 << 20))) {
                        scene.inContext(scene.llama(), change, context -> assertThat(context.generate("Hello", Scene.FEW).result().tokens()).hasSize(4));
                    }
                    return "generates";
                }),
                refused("`threads` 100,000", "signal (512 are the most)", IllegalArgumentException.class, _ ->
                        each(number -> options(builder -> builder.threads(number)), 0, -1, Integer.MIN_VALUE, 513, 100_000)),
                refused("A pool of 513 threads", "not tried", IllegalArgumentException.class, _ -> ThreadPool.of(513)),
                absent("A KV type that is none, such as 999", "signal", "`KvType` is an enum",
                        _ -> PublicApi.takes(ContextOptions.Builder.class, "keyType", List.of(KvType.class))),
                refused("A quantised V cache without flash attention", "NULL", IllegalArgumentException.class,
                        _ -> options(builder -> builder.valueType(KvType.Q4_0).flashAttention(FlashAttention.OFF))),
                refused("A KV type whose blocks the heads do not fill", "NULL", ContextCreationException.class, scene -> {
                    TinyModel odd = TinyModel.llama().embeddingSize(40).heads(2, 2);
                    try (Model model = Model.load(odd.writeTo(scene.folder().resolve("odd.gguf")))) {
                        model.newContext(options(builder -> builder.keyType(KvType.Q4_0)));
                    }
                }),
                refused("A context of a model without weights", "abort ggml-backend.cpp:1855", IllegalStateException.class, scene -> {
                    try (Model vocabulary = Model.load(scene.file(TinyModel.llama()), ModelOptions.builder().vocabularyOnly(true).build())) {
                        vocabulary.newContext();
                    }
                }),
                refused("Pooling of ranks, of a model without a rank head", "not tried", RankingException.class,
                        scene -> open(scene, builder -> builder.pooling(Pooling.RANK))),
                refused("An embedder and `maxOutputs`", "not tried", IllegalArgumentException.class,
                        _ -> options(builder -> builder.pooling(Pooling.MEAN).maxOutputs(3))),
                refused("Several sequences of an encoder-decoder model, each with its own cache", "abort", IllegalArgumentException.class,
                        scene -> scene.inContext(scene.model(TinyModel.t5()), builder -> builder.unifiedCache(false), _ -> {})),
                refused("Non-causal attention of a state, and a text of more than one ubatch", "not tried", IllegalArgumentException.class, scene ->
                        scene.inBatch(scene.model(TinyModel.mamba()), builder -> builder.attention(Attention.NON_CAUSAL).ubatchSize(8),
                                (_, sequence, _) -> sequence.append(1, 2, 3, 4, 5, 6, 7, 8, 9))),
                refused("RoPE frequencies that are no numbers", "not tried", IllegalArgumentException.class,
                        _ -> RopeScaling.builder().frequencyBase(Double.NaN).build()),
                refused("RoPE frequencies that make no numbers", "not tried", SamplingException.class, scene ->
                        scene.inContext(scene.llama(), builder -> builder.ropeScaling(RopeScaling.builder().frequencyBase(Float.MIN_VALUE).build()),
                                context -> context.generate("Hello", Scene.FEW).result())),
                refused("No memory, by a limit", "-", InsufficientMemoryException.class, scene -> {
                    try (Model model = Model.load(scene.file(TinyModel.llama()), ModelOptions.builder().maxHostMemory(0).build())) {
                        model.newContext();
                    }
                }));
    }

    private static void open(Scene scene, UnaryOperator<ContextOptions.Builder> change) throws Exception {
        scene.inContext(scene.llama(), change, _ -> {});
    }

    private static ContextOptions options(UnaryOperator<ContextOptions.Builder> change) {
        return Scene.options(change);
    }

    private interface OfNumber {
        void make(int number);
    }

    /** The last one is on the page; the others are refused in the same way. */
    private static void each(OfNumber maker, int... numbers) {
        for (int i = 0; i < numbers.length - 1; i++) {
            int number = numbers[i];
            org.assertj.core.api.Assertions.assertThatIllegalArgumentException().isThrownBy(() -> maker.make(number));
        }
        maker.make(numbers[numbers.length - 1]);
    }
}
