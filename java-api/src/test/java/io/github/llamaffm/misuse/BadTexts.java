package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.Tokenizer;
import java.nio.file.Path;

/** Gives texts that are not Unicode, texts with U+0000, and tokens that the vocabulary lacks. Argument: a model. */
final class BadTexts {
    private static final GenerateOptions ONE = GenerateOptions.builder().maxTokens(1).build();

    private BadTexts() {
    }

    public static void main(String[] arguments) {
        try (Model model = Model.load(Path.of(arguments[0]));
                Context context = model.newContext(ContextOptions.builder().contextSize(512).threads(1).build())) {
            String[] malformed = {"\ud83d", "\ude42", "ab\ud83d", "ab\ud83dcd", "\ude42\ud83d", "a\ud83d\ud83d\ude42"};
            for (String text : malformed) {
                unpaired(model.tokenizer(), context, text);
            }
            for (String text : new String[] {"\0", "a\0b", "\0\0\0", "end\0"}) {
                withNul(model.tokenizer(), context, text);
            }
            for (int token : new int[] {-1, model.tokenizer().size(), Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                unknownToken(model.tokenizer(), context, token);
            }
        }
    }

    private static void unpaired(Tokenizer tokenizer, Context context, String text) {
        String index = String.valueOf(firstUnpaired(text));
        assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.encode(text)).withMessageContaining(index);
        assertThatIllegalArgumentException().isThrownBy(() -> context.generate(text, ONE).result());
        try (Sequence sequence = context.newSequence()) {
            assertThatIllegalArgumentException().isThrownBy(() -> sequence.append(text));
            assertThat(sequence.length()).isZero();
        }
    }

    private static int firstUnpaired(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i)) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                return i;
            }
        }
        throw new AssertionError("well formed: " + text);
    }

    private static void withNul(Tokenizer tokenizer, Context context, String text) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        try (Generation generation = context.generate(text, ONE)) {
            assertThat(generation.result().promptTokens()).isEqualTo(tokenizer.encode(text, true, true).length);
        }
    }

    private static void unknownToken(Tokenizer tokenizer, Context context, int token) {
        assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.piece(token));
        assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.decode(1, token));
        assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.isEndOfGeneration(token));
        assertThatIllegalArgumentException().isThrownBy(() -> context.generate(new int[] {1, token}, ONE).result());
        try (Sequence sequence = context.newSequence()) {
            assertThatIllegalArgumentException().isThrownBy(() -> sequence.append(1, token));
            assertThat(sequence.length()).isZero();
        }
    }
}
