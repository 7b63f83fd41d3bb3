package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.support.TestFiles;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thoughts end when their tokens are spent. */
class ThinkingBudgetIT {

    private static final RenderedPrompt.ThinkingTags TAGS = new RenderedPrompt.ThinkingTags("<think>", List.of("</think>"));

    private static Model model;

    @BeforeAll
    static void load() {
        model = Model.load(TestFiles.model());
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void thoughtsThatThePromptBeginsAreEnded(int budget) {
        int[] free = answer(new SamplerSpec.Greedy());
        int[] ended = answer(new SamplerSpec.Custom(() -> new ThinkingBudget(model.tokenizer(), TAGS, "<think>", budget, false)), new SamplerSpec.Greedy());
        int[] end = model.tokenizer().encode("</think>", false, true);
        assertThat(Arrays.copyOf(ended, budget)).isEqualTo(Arrays.copyOf(free, budget));
        assertThat(Arrays.copyOfRange(ended, budget, budget + end.length)).isEqualTo(end);
        assertThat(ended.length).isGreaterThan(budget + end.length);
    }

    /** What a user wrote of thoughts begins none. */
    @Test
    void withoutThoughtsNothingIsEnded() {
        assertThat(answer(new SamplerSpec.Custom(() -> new ThinkingBudget(model.tokenizer(), TAGS, "assistant\n", 1, false)), new SamplerSpec.Greedy()))
                .isEqualTo(answer(new SamplerSpec.Greedy()));
    }

    private static int[] answer(SamplerSpec... specs) {
        Tokenizer tokenizer = model.tokenizer();
        GenerateOptions options = GenerateOptions.builder().maxTokens(24).sampler(SamplerOptions.of(specs)).build();
        try (Context context = model.newContext(); Generation generation = context.generate(tokenizer.encode("Once upon a time <think>"), options)) {
            return generation.result().tokens();
        }
    }
}
