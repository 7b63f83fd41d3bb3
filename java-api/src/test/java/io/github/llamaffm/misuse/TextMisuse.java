package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.TokenizeException;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.Scene;
import java.util.List;

/** Texts that are none, and tokens that are none. */
final class TextMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Texts and tokens";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("A text that is null", "not tried", NullPointerException.class, scene -> scene.llama().tokenizer().encode(nothing())),
                absent("A text of a negative length", "exception", "a `String` has its length", _ ->
                        PublicApi.takes(Tokenizer.class, "encode", List.of(String.class), List.of(String.class, boolean.class, boolean.class))),
                refused("Half a character", "not tried", IllegalArgumentException.class, scene -> scene.llama().tokenizer().encode("ab\ud83dcd")),
                refused("The other half", "not tried", IllegalArgumentException.class, scene -> scene.llama().tokenizer().encode("\ude42\ud83d")),
                works("Halves of characters in prompts and in what is appended", "not tried", TextMisuse::halves),
                works("U+0000 in texts and prompts", "the text ends there, for who takes it as a C string", scene -> {
                    Tokenizer tokenizer = scene.llama().tokenizer();
                    for (String text : new String[] {"\0", "a\0b", "\0\0\0", "end\0"}) {
                        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
                        scene.inContext(context -> assertThat(context.generate(text, Scene.ONE).result().promptTokens())
                                .isEqualTo(tokenizer.encode(text, true, true).length));
                    }
                    return "a character like any other";
                }),
                refused("A text of 16 MiB and one byte", "signal with some vocabularies", TokenizeException.class,
                        scene -> scene.llama().tokenizer().encode("a".repeat((16 << 20) + 1))),
                refused("16,777,217 tokens to decode", "-", IllegalArgumentException.class, scene -> scene.llama().tokenizer().decode(new int[(16 << 20) + 1])),
                refused("The piece of token -1", "exception `out_of_range`", IllegalArgumentException.class, scene -> scene.llama().tokenizer().piece(-1)),
                refused("A token behind the vocabulary among others to decode", "exception `out_of_range`", IllegalArgumentException.class,
                        scene -> scene.llama().tokenizer().decode(1, scene.llama().tokenizer().size())),
                refused("Text, score and attributes of the greatest token", "exception; `vocab_is_control`: signal", IllegalArgumentException.class,
                        scene -> scene.llama().tokenizer().info(Integer.MAX_VALUE)),
                refused("Whether the least token ends a generation", "false", IllegalArgumentException.class,
                        scene -> scene.llama().tokenizer().isEndOfGeneration(Integer.MIN_VALUE)),
                refused("A prompt with a token that is not there", "-1", IllegalArgumentException.class,
                        scene -> scene.inContext(context -> context.generate(new int[] {1, -1}, Scene.ONE))),
                refused("A piece into an array that is too short", "the negative of what is needed", IllegalArgumentException.class,
                        scene -> scene.llama().tokenizer().piece(300, new byte[0])),
                works("A token of the model's own (`USER_DEFINED`) in a text whose special tokens are not to be parsed", "its id, as if parsed",
                        TextMisuse::userDefined));
    }

    @SuppressWarnings("NullAway")
    private static String nothing() {
        return null;
    }

    private static String halves(Scene scene) throws Exception {
        for (String text : new String[] {"\ud83d", "\ude42", "ab\ud83d", "a\ud83d\ud83d\ude42"}) {
            scene.inContext(context -> {
                org.assertj.core.api.Assertions.assertThatIllegalArgumentException().isThrownBy(() -> context.generate(text, Scene.ONE));
                try (Sequence sequence = context.newSequence()) {
                    org.assertj.core.api.Assertions.assertThatIllegalArgumentException().isThrownBy(() -> sequence.append(text));
                    assertThat(sequence.length()).isZero();
                }
            });
        }
        return "each is an `IllegalArgumentException`, and nothing is appended";
    }

    private static String userDefined(Scene scene) {
        ModelOptions options = ModelOptions.builder().vocabularyOnly(true).build();
        try (Model model = Model.load(TestFiles.sources().resolve("models/ggml-vocab-gemma-4.gguf"), options)) {
            return "%d token".formatted(model.tokenizer().encode("<|tool_call>").length);
        }
    }
}
