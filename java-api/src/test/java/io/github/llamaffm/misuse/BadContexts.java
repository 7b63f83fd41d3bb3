package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.InsufficientMemoryException;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.PromptTooLongException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Asks for contexts that cannot be and fills one that is too small. Argument: a model. */
final class BadContexts {
    private BadContexts() {
    }

    public static void main(String[] arguments) {
        for (int size : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            refused(builder -> builder.contextSize(size));
        }
        for (int number : new int[] {0, -1, Integer.MIN_VALUE}) {
            refused(builder -> builder.batchSize(number));
            refused(builder -> builder.ubatchSize(number));
            refused(builder -> builder.maxSequences(number));
            refused(builder -> builder.maxOutputs(number));
            refused(builder -> builder.threads(number));
        }
        refused(builder -> builder.maxSequences(257));
        refused(builder -> builder.threads(513));

        Path file = Path.of(arguments[0]);
        try (Model model = Model.load(file)) {
            // The largest that is asked for in earnest: 2^31 - 256 cells of this model are 46 TiB.
            assertThatThrownBy(() -> model.newContext(ContextOptions.builder().contextSize(Integer.MAX_VALUE - 255).build()))
                    .isInstanceOfSatisfying(InsufficientMemoryException.class,
                            e -> assertThat(e.needed()).isGreaterThan(e.available()));
            overfull(model);
        }
        try (Model vocabulary = Model.load(file, ModelOptions.builder().vocabularyOnly(true).build())) {
            assertThatIllegalStateException().isThrownBy(vocabulary::newContext);
        }
    }

    private static void overfull(Model model) {
        String prompt = "word ".repeat(300);
        int tokens = model.tokenizer().encode(prompt, true, true).length;
        try (Context context = model.newContext(ContextOptions.builder().contextSize(256).build())) {
            assertThatThrownBy(() -> context.generate(prompt).result())
                    .isInstanceOfSatisfying(PromptTooLongException.class, e -> {
                        assertThat(e.tokens()).isEqualTo(tokens);
                        assertThat(e.available()).isBetween(1, context.size());
                    })
                    .hasMessageContaining(String.valueOf(tokens));
        }
    }

    private static void refused(UnaryOperator<ContextOptions.Builder> change) {
        assertThatIllegalArgumentException().isThrownBy(() -> change.apply(ContextOptions.builder()).build());
    }
}
