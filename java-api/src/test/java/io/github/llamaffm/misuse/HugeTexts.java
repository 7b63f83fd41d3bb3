package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.TokenizeException;
import io.github.llamaffm.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** Tokenises 1 MiB of one character on a thread with a stack of 1 MiB. Argument: a model without weights. */
final class HugeTexts {
    private static final int BYTES = 1 << 20;
    private static final int STACK = 1 << 20;

    private HugeTexts() {
    }

    public static void main(String[] arguments) throws Exception {
        var options = ModelOptions.builder().vocabularyOnly(true).build();
        try (Model model = Model.load(Path.of(arguments[0]), options)) {
            for (String character : new String[] {"a", "漢", " "}) {
                int width = character.getBytes(StandardCharsets.UTF_8).length;
                // The longest that is tokenised on the caller's own stack, what overflows it, and far more.
                for (int bytes : new int[] {1024, 8192, BYTES}) {
                    encode(model.tokenizer(), character.repeat(bytes / width));
                }
            }
        }
    }

    private static void encode(Tokenizer tokenizer, String text) throws Exception {
        var task = new FutureTask<>(() -> {
            try {
                return tokenizer.encode(text).length;
            } catch (TokenizeException e) {
                return 0;
            }
        });
        new Thread(null, task, "small stack", STACK).start();
        assertThat(task.get()).isLessThanOrEqualTo(text.getBytes(StandardCharsets.UTF_8).length + 2);
    }
}
