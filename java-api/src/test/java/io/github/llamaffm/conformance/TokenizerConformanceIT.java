package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.support.TestFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens are those that the authors of each vocabulary get: the texts and tokens that upstream keeps beside it. */
class TokenizerConformanceIT {
    private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

    static Stream<String> vocabularies() {
        return TestFiles.vocabularies().stream()
                .filter(file -> Files.exists(sibling(file, ".inp")))
                .map(file -> file.getFileName().toString());
    }

    static Stream<String> byteLevelVocabularies() {
        return vocabularies().filter(name -> {
            try (Model model = vocabulary(name)) {
                return model.info().metadata("tokenizer.ggml.model").orElseThrow().equals("gpt2");
            }
        });
    }

    @Test
    void allOfThem() {
        assertThat(vocabularies()).hasSize(15);
        assertThat(byteLevelVocabularies()).hasSize(11);
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void sameTokens(String name) throws IOException {
        List<String> texts = texts(file(name));
        List<String> expected = Files.readAllLines(sibling(file(name), ".out"));
        assertThat(texts).hasSameSizeAs(expected).hasSizeGreaterThan(40);

        try (Model model = vocabulary(name)) {
            for (int i = 0; i < texts.size(); i++) {
                assertThat(model.tokenizer().encode(texts.get(i)))
                        .as("tokens of <%s>", texts.get(i))
                        .containsExactly(ids(expected.get(i)));
            }
        }
    }

    /** Byte-level BPE without a normaliser: the pieces are the text, byte for byte. */
    @ParameterizedTest
    @MethodSource("byteLevelVocabularies")
    void lossless(String name) throws IOException {
        try (Model model = vocabulary(name)) {
            for (String text : texts(file(name))) {
                var bytes = new ByteArrayOutputStream();
                for (int token : model.tokenizer().encode(text)) {
                    bytes.writeBytes(model.tokenizer().piece(token));
                }
                assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text);
            }
        }
    }

    private static Model vocabulary(String name) {
        return Model.load(file(name), ModelOptions.builder().vocabularyOnly(true).build());
    }

    private static Path file(String name) {
        return TestFiles.sources().resolve("models").resolve(name);
    }

    private static List<String> texts(Path file) throws IOException {
        return List.of(Files.readString(sibling(file, ".inp")).split(SEPARATOR));
    }

    private static int[] ids(String line) {
        return line.isBlank() ? new int[0] : Stream.of(line.strip().split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    private static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
