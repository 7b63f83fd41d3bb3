package io.github.llamaffm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.MetadataValue;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.TokenInfo.Attribute;
import io.github.llamaffm.TokenInfo;
import io.github.llamaffm.TokenizeException;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a vocabulary says of its tokens. */
class TokenInfoIT {
    private static final ModelOptions VOCABULARY = ModelOptions.builder().vocabularyOnly(true).build();

    @Test
    void tokensHaveTextAndAttributes() {
        try (Model model = Model.load(TestFiles.model(), VOCABULARY)) {
            Tokenizer tokenizer = model.tokenizer();

            assertThat(tokenizer.info(tokenizer.encode(" Paris")[0])).isEqualTo(
                    new TokenInfo("\u0120Paris", 0, Set.of(Attribute.NORMAL)));
            TokenInfo end = tokenizer.info(tokenizer.eos().orElseThrow());
            assertThat(end.text()).isEqualTo("<|im_end|>");
            assertThat(end.attributes()).contains(Attribute.CONTROL).doesNotContain(Attribute.NORMAL);
            assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.info(tokenizer.size()));
            assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.info(-1));
        }
    }

    /** llama.cpp aborts when it is asked. */
    @Test
    void aModelMayHaveTokensAndNoVocabulary(@TempDir Path folder) {
        ModelOptions options = ModelOptions.builder()
                .vocabularyOnly(true)
                .metadataOverride("tokenizer.ggml.model", MetadataValue.of("no_vocab"))
                .build();
        // With a number of tokens of its own.
        try (Model model = Model.load(RandomModels.make("^llama$", folder).getFirst(), options)) {
            assertThat(model.tokenizer().size()).isPositive();
            assertThatExceptionOfType(TokenizeException.class)
                    .isThrownBy(() -> model.tokenizer().info(0))
                    .withMessageContaining("no vocabulary that says what they are");
        }
    }

    @Test
    void specialTokensAreThoseOfTheVocabulary(@TempDir Path folder) {
        try (Model code = Model.load(TinyModel.llama().writeTo(folder.resolve("llama.gguf")), VOCABULARY);
                Model bert = Model.load(TinyModel.bert().writeTo(folder.resolve("bert.gguf")), VOCABULARY)) {
            assertThat(texts(code, Tokenizer::fimPrefix, Tokenizer::fimSuffix, Tokenizer::fimMiddle))
                    .containsExactly("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>");
            // As a byte-level vocabulary writes it.
            assertThat(texts(code, Tokenizer::newline)).containsExactly("Ċ");
            assertThat(texts(bert, Tokenizer::sep, Tokenizer::pad, Tokenizer::mask)).containsExactly("[SEP]", "[PAD]", "[MASK]");
            assertThat(bert.tokenizer().fimPrefix()).isEmpty();
            assertThat(bert.tokenizer().fimRepository()).isEmpty();
            assertThat(bert.tokenizer().fimSeparator()).isEmpty();
            assertThat(bert.tokenizer().fimPad()).isEqualTo(bert.tokenizer().pad());
        }
    }

    @SafeVarargs
    private static Stream<String> texts(Model model, Function<Tokenizer, OptionalInt>... getters) {
        return Stream.of(getters).map(getter ->
                model.tokenizer().info(getter.apply(model.tokenizer()).orElseThrow()).text());
    }

    /** What chats look for, without the price of a call for each token. */
    @Test
    void tokensBesideTextAreThoseWhoseAttributesSaySo() {
        for (String name : new String[] {"llama-spm", "gpt-2", "bert-bge"}) {
            Path file = TestFiles.sources().resolve("models/ggml-vocab-" + name + ".gguf");
            try (Model model = Model.load(file, ModelOptions.builder().vocabularyOnly(true).build())) {
                int[] expected = IntStream.range(0, model.tokenizer().size())
                        .filter(token -> !Collections.disjoint(model.tokenizer().info(token).attributes(),
                                EnumSet.of(Attribute.CONTROL, Attribute.USER_DEFINED, Attribute.UNKNOWN)))
                        .toArray();
                assertThat(((ChatHost) model).tokensBesideText()).as(file.toString()).isEqualTo(expected).isNotEmpty();
            }
        }
    }
}
