package io.github.llamaffm.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.CancelledException;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.RankOptions;
import io.github.llamaffm.RankResult;
import io.github.llamaffm.RankingException;
import io.github.llamaffm.Reranker;
import io.github.llamaffm.RerankerOptions;
import io.github.llamaffm.TextTooLongException;
import io.github.llamaffm.Truncation;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import io.github.llamaffm.testkit.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reranker says, and which models it refuses. */
class RerankerIT {
    private static final String QUERY = "what did the woman open";
    private static final String LONG = "the woman opened her case and took out one machine ".repeat(100);

    @TempDir
    private static Path folder;

    private static Model bert;
    private static Model qwen;

    @BeforeAll
    static void load() {
        bert = Model.load(TinyModel.reranker().writeTo(folder.resolve("bert.gguf")));
        qwen = Model.load(TinyModel.qwen3Reranker().writeTo(folder.resolve("qwen.gguf")));
    }

    @AfterAll
    static void close() {
        qwen.close();
        bert.close();
    }

    @Test
    void rawScoresAndTheirSigmoid() {
        assertThat(bert.info().classLabels()).containsExactly("relevance");
        try (Reranker reranker = bert.newReranker()) {
            List<RankResult> results = reranker.rank(QUERY, List.of("it rained", LONG, "her case", "half \uD83D", "a machine"));

            assertThat(results).extracting(RankResult::index).containsExactly(0, 1, 2, 3, 4);
            assertThat(results.get(1).failure().orElseThrow()).isInstanceOf(TextTooLongException.class);
            assertThat(results.get(3).failure()).isPresent();
            for (int i : new int[] {0, 2, 4}) {
                RankResult result = results.get(i);
                assertThat(result.failure()).isEmpty();
                assertThat(result.outputs()).containsExactly(result.score());
                assertThat((double) result.probability()).isCloseTo(1 / (1 + Math.exp(-result.score())), within(1e-6));
            }
            List<RankResult> sorted = results.stream().sorted(RankResult.bestFirst()).toList();
            assertThat(sorted.subList(0, 3)).isSortedAccordingTo((a, b) -> Float.compare(b.score(), a.score()));
            assertThat(sorted.subList(3, 5)).allMatch(result -> result.failure().isPresent() && result.probability() == 0);
        }
    }

    @Test
    void severalClassOutputs() {
        assertThat(qwen.info().classLabels()).containsExactly("yes", "no");
        try (Reranker reranker = qwen.newReranker()) {
            for (RankResult result : reranker.rank(QUERY, List.of("it rained", "her case"))) {
                // Its graph ends in a softmax over both.
                assertThat(result.outputs()).hasSize(2);
                assertThat(result.outputs()[0] + result.outputs()[1]).isCloseTo(1, within(1e-5f));
                assertThat(result.score()).isEqualTo(result.outputs()[0]).isEqualTo(result.probability());
            }
        }
    }

    @Test
    void theTemplateOfTheModelOrTheCallers() {
        String template = qwen.info().metadata("tokenizer.chat_template.rerank").orElseThrow();
        String filled = template.replace("{query}", QUERY).replace("{document}", "her case");
        try (Reranker own = qwen.newReranker();
                Reranker given = qwen.newReranker(RerankerOptions.builder().template(template).build());
                Reranker other = qwen.newReranker(RerankerOptions.builder().template("{document} {query}").build())) {
            RankResult result = own.rank(QUERY, List.of("her case")).getFirst();
            assertThat(result.tokens()).isEqualTo(qwen.tokenizer().encode(filled, false, true).length);
            assertThat(given.rank(QUERY, List.of("her case")).getFirst().score()).isEqualTo(result.score());
            assertThat(other.rank(QUERY, List.of("her case")).getFirst().score()).isNotEqualTo(result.score());
            // What looks like a place in a text is text.
            assertThat(other.rank("{document} {query}", List.of("$1 \\ {query}")).getFirst().tokens())
                    .isEqualTo(qwen.tokenizer().encode("$1 \\ {query} {document} {query}", false, true).length);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> RerankerOptions.builder().template("{query}").build());
    }

    @Test
    void onlyThePassageIsCut() {
        ContextOptions context = ContextOptions.builder().batchSize(256).maxSequences(4).threads(1).build();
        for (Model model : List.of(bert, qwen)) {
            for (Truncation truncation : List.of(Truncation.KEEP_START, Truncation.KEEP_END)) {
                String passage = truncation == Truncation.KEEP_START ? "it rained " + LONG : LONG + " it rained";
                try (Reranker reranker = model.newReranker(
                        RerankerOptions.builder().truncation(truncation).context(context).build())) {
                    RankResult cut = reranker.rank(QUERY, List.of(passage)).getFirst();
                    assertThat(cut.failure()).as("%s %s", model.info().description(), truncation).isEmpty();
                    assertThat(cut.truncated()).isTrue();
                    assertThat(cut.tokens()).isBetween(250, 256);
                    // The other end of the passage was left out, so it does not matter.
                    RankResult same = reranker.rank(QUERY, List.of(truncation == Truncation.KEEP_START
                            ? passage + " and so on" : "and so on " + passage)).getFirst();
                    assertThat(same.score()).isEqualTo(cut.score());
                    RankResult different = reranker.rank(QUERY, List.of(LONG.substring(5))).getFirst();
                    assertThat(different.score()).isNotEqualTo(cut.score());
                    assertThat(reranker.rank(LONG, List.of("a")).getFirst().failure().orElseThrow())
                            .isInstanceOf(TextTooLongException.class);
                }
            }
        }
    }

    @Test
    void aModelThatCannotRankIsRefusedWithTheReason() {
        try (Model model = Model.load(TestFiles.model())) {
            assertThat(model.info().classLabels()).isEmpty();
            assertThatThrownBy(model::newReranker).isInstanceOf(RankingException.class).hasMessageContaining("no rank head");
            assertThatThrownBy(() -> model.newContext(ContextOptions.builder().pooling(Pooling.RANK).build()))
                    .isInstanceOf(RankingException.class);
        }
        // Its vocabulary has no end of a text, and without a template nothing parts the two.
        Path file = TinyModel.reranker().vocabulary(Vocabulary.tiny())
                .metadata("tokenizer.ggml.token_type_count", GgufValue.of(2)).writeTo(folder.resolve("no.gguf"));
        try (Model model = Model.load(file)) {
            assertThatThrownBy(model::newReranker).isInstanceOf(RankingException.class)
                    .hasMessageContaining("tokenizer.chat_template.rerank");
            try (Reranker reranker = model.newReranker(RerankerOptions.builder().template("{query}: {document}").build())) {
                assertThat(reranker.rank(QUERY, List.of("a")).getFirst().failure()).isEmpty();
            }
        }
        try (Model model = Model.load(folder.resolve("bert.gguf"), ModelOptions.builder().vocabularyOnly(true).build())) {
            assertThatIllegalStateException().isThrownBy(model::newReranker).withMessageContaining("vocabularyOnly");
        }
    }

    @Test
    void progressAndCancel() {
        Cancellation cancellation = Cancellation.create();
        List<Integer> done = new ArrayList<>();
        try (Reranker reranker = bert.newReranker()) {
            RankOptions options = RankOptions.builder().cancellation(cancellation).progress(count -> {
                done.add(count);
                cancellation.cancel();
            }).build();
            List<String> passages = Collections.nCopies(300, "it rained");
            assertThatThrownBy(() -> reranker.rank(QUERY, passages, options)).isInstanceOf(CancelledException.class);
            assertThat(done).hasSize(1);
            assertThat(reranker.rank(QUERY, passages)).hasSize(300);
            reranker.close();
            assertThatIllegalStateException().isThrownBy(() -> reranker.rank(QUERY, passages)).withMessage("the reranker is closed");
        }
    }
}
