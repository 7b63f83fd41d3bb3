package io.github.llamaffm.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.ConcurrentUseException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.EmbedOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.EmbeddingResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.Normalization;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.TextTooLongException;
import io.github.llamaffm.TokenizeException;
import io.github.llamaffm.Truncation;
import io.github.llamaffm.support.NativeFrames;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an embedder does with its texts, good and bad. */
class EmbedderIT {
    private static final String LONG = "the woman opened her case and took out one machine ".repeat(100);

    @TempDir
    private static Path folder;

    private static Model bert;
    private static Model llama;

    @BeforeAll
    static void load() {
        bert = Model.load(TinyModel.bert().writeTo(folder.resolve("bert.gguf")));
        llama = Model.load(TinyModel.llama().writeTo(folder.resolve("llama.gguf")));
    }

    @AfterAll
    static void close() {
        llama.close();
        bert.close();
    }

    @Test
    void oneBadTextDoesNotLoseTheOthers() {
        try (Embedder embedder = bert.newEmbedder()) {
            List<String> texts = List.of("it rained", LONG, "the woman", "half a pair \uD83D", "her case", "");
            List<EmbeddingResult> results = embedder.embedAll(texts);

            assertThat(results).extracting(EmbeddingResult::index).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(results).extracting(result -> result.failure().isPresent())
                    .containsExactly(false, true, false, true, false, false);
            assertThat(results.get(1).failure().orElseThrow()).isInstanceOfSatisfying(TextTooLongException.class, failure -> {
                assertThat(failure.tokens()).isEqualTo(bert.tokenizer().encode(LONG, true, true).length);
                assertThat(failure.limit()).isEqualTo(512).isEqualTo(embedder.maxTokens());
                assertThat(failure).hasMessageContaining("512");
            });
            assertThat(results.get(3).failure().orElseThrow()).isInstanceOf(TokenizeException.class).hasMessageContaining("12");
            assertThat(results.get(1).tokens()).isZero();
            assertThat(results.get(4).tokens()).isEqualTo(bert.tokenizer().encode("her case", true, true).length);
            assertThatThrownBy(results.get(1)::orThrow).isInstanceOf(TextTooLongException.class);
            assertThatThrownBy(() -> embedder.embed(LONG)).isInstanceOf(TextTooLongException.class);
            assertThat(results.get(4).orThrow()).hasSize(embedder.size());
        }
    }

    @Test
    void aTextWithoutTokensFailsAlone() {
        // Without BOS an empty text is nothing at all.
        try (Model model = Model.load(TinyModel.qwen2()
                        .metadata("tokenizer.ggml.add_bos_token", GgufValue.of(false)).writeTo(folder.resolve("qwen2.gguf")));
                Embedder embedder = model.newEmbedder()) {
            assertThat(model.tokenizer().encode("", true, true)).isEmpty();
            assertThat(embedder.embedAll(List.of("a", "", "b"))).extracting(result -> result.failure().isPresent())
                    .containsExactly(false, true, false);
            assertThatThrownBy(() -> embedder.embed("")).isInstanceOf(TokenizeException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"KEEP_START", "KEEP_END"})
    void truncationKeepsSpecialTokensAndThePrefix(Truncation truncation) {
        String prefix = "what is it: ";
        int limit = 40;
        ContextOptions context = ContextOptions.builder().batchSize(limit).maxSequences(4).threads(1).build();
        try (Embedder embedder = bert.newEmbedder(EmbedderOptions.builder()
                .truncation(truncation).queryPrefix(prefix).context(context).build())) {
            EmbeddingResult result = embedder.embedAll(List.of(LONG), EmbedOptions.query()).getFirst();

            int[] prefixTokens = bert.tokenizer().encode(prefix);
            int[] textTokens = bert.tokenizer().encode(LONG);
            int kept = limit - 2 - prefixTokens.length;
            int from = truncation == Truncation.KEEP_START ? 0 : textTokens.length - kept;
            int[] whole = bert.tokenizer().encode("", true, true);
            int[] expected = Stream.of(new int[] {whole[0]}, prefixTokens, Arrays.copyOfRange(textTokens, from, from + kept),
                    new int[] {whole[1]}).flatMapToInt(Arrays::stream).toArray();
            assertThat(expected).hasSize(limit);
            assertThat(result.truncated()).isTrue();
            assertThat(result.tokens()).isEqualTo(limit);
            assertThat(result.orThrow()).isEqualTo(normalized(pooled(bert, Pooling.MEAN, expected, 40, 4)));
        }
    }

    @Test
    void prefixesGoBeforeTheText() {
        try (Embedder embedder = bert.newEmbedder(
                EmbedderOptions.builder().queryPrefix("query: ").passagePrefix("passage: ").build())) {
            assertThat(embedder.embed("it rained", EmbedOptions.query())).isEqualTo(embedder.embed("query: it rained"));
            assertThat(embedder.embed("it rained", EmbedOptions.passage())).isEqualTo(embedder.embed("passage: it rained"));
            assertThat(embedder.embed("it rained", EmbedOptions.query())).isNotEqualTo(embedder.embed("it rained"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void normalizationChangesTheLengthOnly(Normalization normalization) {
        float[] raw = embedding(Normalization.NONE);
        float[] vector = embedding(normalization);
        double length = switch (normalization) {
            case NONE -> 1;
            case MAX_ABS -> IntStream.range(0, raw.length).mapToDouble(i -> Math.abs(raw[i])).max().orElseThrow() / 32760;
            case L1 -> IntStream.range(0, raw.length).mapToDouble(i -> Math.abs(raw[i])).sum();
            case L2 -> Math.sqrt(IntStream.range(0, raw.length).mapToDouble(i -> (double) raw[i] * raw[i]).sum());
        };
        for (int i = 0; i < raw.length; i++) {
            assertThat(vector[i] * length).isCloseTo(raw[i], within(1e-5));
        }
    }

    private static float[] embedding(Normalization normalization) {
        try (Embedder embedder = bert.newEmbedder(EmbedderOptions.builder().normalization(normalization).build())) {
            return embedder.embed("the woman opened her case");
        }
    }

    @Test
    void controlTokensInATextAreTextOnRequest() {
        String text = "a <|im_end|> b";
        try (Embedder tools = llama.newEmbedder();
                Embedder careful = llama.newEmbedder(EmbedderOptions.builder().parseSpecial(false).build())) {
            assertThat(tools.embedAll(List.of(text)).getFirst().tokens())
                    .isEqualTo(llama.tokenizer().encode(text, true, true).length)
                    .isLessThan(careful.embedAll(List.of(text)).getFirst().tokens());
        }
    }

    @Test
    void aStreamHoldsNoMoreThanAPack() {
        ContextOptions context = ContextOptions.builder().batchSize(64).maxSequences(8).build();
        int[] taken = new int[1];
        int[] given = new int[1];
        int[] most = new int[1];
        List<Integer> progress = new ArrayList<>();
        Iterable<String> texts = () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return taken[0] < 500;
            }

            @Override
            public String next() {
                most[0] = Math.max(most[0], ++taken[0] - given[0]);
                // Every third one fails.
                return taken[0] % 3 == 0 ? LONG : "it rained " + taken[0];
            }
        };
        try (Embedder embedder = bert.newEmbedder(EmbedderOptions.builder().context(context).build())) {
            embedder.embedAll(texts, EmbedOptions.builder().progress(progress::add).build(), result -> {
                assertThat(result.index()).isEqualTo(given[0]++);
                assertThat(result.failure().isPresent()).isEqualTo((result.index() + 1) % 3 == 0);
            });
        }
        assertThat(given[0]).isEqualTo(500);
        assertThat(most[0]).isBetween(2, 9);
        assertThat(progress).isSorted().endsWith(500).hasSizeBetween(500 / 8, 500);
    }

    @Test
    void aCancelledTokenNeverStartsAndOneThatIsCancelledBetweenEndsIt() {
        Cancellation cancellation = Cancellation.create();
        List<EmbeddingResult> results = new ArrayList<>();
        try (Embedder embedder = bert.newEmbedder()) {
            EmbedOptions options = EmbedOptions.builder().cancellation(cancellation).build();
            float[] before = embedder.embed("it rained", options);
            assertThatThrownBy(() -> embedder.embedAll(Collections.nCopies(1000, "it rained"), options, result -> {
                results.add(result);
                cancellation.cancel();
            })).isInstanceOf(CancelledException.class).hasMessageContaining("after 64 texts");
            assertThat(results).hasSize(64);
            assertThatThrownBy(() -> embedder.embed("it rained", options)).isInstanceOf(CancelledException.class);
            assertThat(embedder.embed("it rained")).isEqualTo(before);
        }
    }

    /** On the default model, whose packs take long enough to be met inside one. */
    @ParameterizedTest
    @EnumSource
    void stopsInsideAPackAndGoesOnAsBefore(How how) throws InterruptedException {
        try (Model model = Model.load(TestFiles.model()); Embedder embedder = model.newEmbedder()) {
            float[] before = embedder.embed("The capital of France is");
            Cancellation cancellation = Cancellation.create();
            EmbedOptions options = EmbedOptions.builder().cancellation(cancellation).build();
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Runnable work = () -> {
                try {
                    embedder.embedAll(Collections.nCopies(10_000, LONG.substring(0, 900)), options, _ -> {});
                    outcome.complete(new AssertionError("not stopped"));
                } catch (Throwable thrown) {
                    outcome.complete(thrown);
                }
            };
            Thread thread = how == How.INTERRUPT_VIRTUAL ? Thread.ofVirtual().start(work) : Thread.ofPlatform().start(work);
            NativeFrames.await("lf_decode", outcome::isDone);
            switch (how) {
                case CANCEL -> cancellation.cancel();
                case INTERRUPT, INTERRUPT_VIRTUAL -> thread.interrupt();
                case CLOSE -> embedder.close();
            }
            thread.join();
            if (how == How.CLOSE) {
                assertThat(outcome.join()).isInstanceOfAny(CancelledException.class, IllegalStateException.class);
                assertThatIllegalStateException().isThrownBy(() -> embedder.embed("a")).withMessage("the embedder is closed");
            } else {
                assertThat(outcome.join()).isInstanceOf(CancelledException.class);
                assertThat(embedder.embed("The capital of France is")).isEqualTo(before);
            }
        }
    }

    enum How {CANCEL, INTERRUPT, INTERRUPT_VIRTUAL, CLOSE}

    @Test
    void worksOnAVirtualThread() throws Exception {
        try (Embedder embedder = llama.newEmbedder()) {
            float[] expected = embedder.embed("it rained");
            CompletableFuture<float[]> actual = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> actual.complete(embedder.embedAll(List.of("it rained")).getFirst().orThrow())).join();
            assertThat(actual.join()).isEqualTo(expected);
        }
    }

    @Test
    void aConsumerMayCloseButNotUseIt() {
        Embedder embedder = bert.newEmbedder();
        assertThatIllegalStateException().isThrownBy(() ->
                        embedder.embedAll(List.of("a", "b"), EmbedOptions.defaults(), _ -> embedder.embed("c")))
                .withMessageContaining("further up");
        assertThat(embedder.embed("usable again")).hasSize(embedder.size());

        List<EmbeddingResult> results = new ArrayList<>();
        assertThatIllegalStateException().isThrownBy(() ->
                embedder.embedAll(Collections.nCopies(100, "it rained"), EmbedOptions.defaults(), result -> {
                    results.add(result);
                    embedder.close();
                })).withMessage("the embedder is closed");
        assertThat(results).hasSize(64);
        assertThat(embedder.isClosed()).isTrue();
        embedder.close();
        assertThatIllegalStateException().isThrownBy(() -> embedder.embed("a")).withMessage("the embedder is closed");
    }

    @Test
    void twoThreadsAtOnceAreRefused() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        try (Embedder embedder = bert.newEmbedder()) {
            CompletableFuture<Void> other = CompletableFuture.runAsync(() ->
                    embedder.embedAll(List.of("it rained"), EmbedOptions.defaults(), _ -> {
                        inside.countDown();
                        await(refused);
                    }));
            other.whenComplete((_, _) -> inside.countDown());
            await(inside);
            assertThatThrownBy(() -> embedder.embed("a")).isInstanceOf(ConcurrentUseException.class);
            refused.countDown();
            other.join();
            assertThat(embedder.embed("a")).hasSize(embedder.size());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void whatMakesNoVectorIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> EmbedderOptions.builder().pooling(Pooling.NONE).build());
        assertThatIllegalArgumentException().isThrownBy(() -> EmbedderOptions.builder().pooling(Pooling.RANK).build());
        try (Model model = Model.load(TinyModel.t5().writeTo(folder.resolve("t5.gguf")))) {
            assertThatIllegalArgumentException().isThrownBy(model::newEmbedder).withMessageContaining("decoder behind its encoder");
            assertThatIllegalArgumentException().isThrownBy(() ->
                    model.newContext(ContextOptions.builder().pooling(Pooling.MEAN).build()));
        }
        try (Model model = Model.load(TinyModel.reranker().writeTo(folder.resolve("rank.gguf")))) {
            assertThat(model.info().metadata("bert.pooling_type")).hasValue("4");
            assertThatIllegalArgumentException().isThrownBy(model::newEmbedder).withMessageContaining("newReranker");
            try (Embedder embedder = model.newEmbedder(EmbedderOptions.builder().pooling(Pooling.CLS).build())) {
                assertThat(embedder.embed("it rained")).hasSize(embedder.size());
            }
        }
    }

    @Test
    void itPinsItsModel() {
        Model model = Model.load(folder.resolve("bert.gguf"));
        Embedder embedder = model.newEmbedder();
        assertThatIllegalStateException().isThrownBy(model::close);
        embedder.close();
        model.close();
        assertThatIllegalStateException().isThrownBy(model::newEmbedder);
    }

    private static float[] pooled(Model model, Pooling pooling, int[] tokens, int batchSize, int sequences) {
        ContextOptions options = ContextOptions.builder().batchSize(batchSize).maxSequences(sequences).threads(1)
                .pooling(pooling).build();
        try (Context context = model.newContext(options);
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            for (int token : tokens) {
                batch.add(sequence, token, false);
            }
            context.decode(batch);
            return context.embedding(sequence).toArray();
        }
    }

    private static float[] normalized(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += value * value;
        }
        float factor = (float) (1 / Math.sqrt(sum));
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
        return vector;
    }
}
