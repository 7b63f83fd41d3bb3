package io.github.llamaffm.families;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.LlamaServer;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import io.github.llamaffm.testkit.Vocabulary;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The testkit's models that generate say what upstream's llama-server lets them say. */
class TinyModelIT {
    private static final String PROMPT = "The woman opened her case and took out 1 machine.\n\"What is it?\" asked Zoë.";
    private static final int TOKENS = 32;

    static final List<TinyModel> GENERATIVE = List.of(TinyModel.llama(), TinyModel.llama3(), TinyModel.mixtral(),
            TinyModel.qwen2(), TinyModel.qwen3(), TinyModel.phi3(), TinyModel.gemma(), TinyModel.gemma2(), TinyModel.gemma3(),
            TinyModel.gemma4(), TinyModel.falcon(), TinyModel.mamba());

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource("GENERATIVE")
    void saysWhatItSaysToTheServer(TinyModel tiny) {
        Path file = tiny.writeTo(folder.resolve("tiny.gguf"));
        LlamaServer.Completion expected;
        try (LlamaServer server = LlamaServer.start(file, "--ctx-size", "256", "--threads", "1", "--threads-batch", "1")) {
            expected = server.complete(Map.of("prompt", PROMPT, "temperature", 0, "n_predict", TOKENS));
        }

        GenerationResult actual = generate(file);

        assertThat(actual.tokens()).containsExactly(expected.tokens().toArray(Integer[]::new));
        assertThat(actual.text()).startsWith(expected.text());
    }

    @ParameterizedTest
    @FieldSource("GENERATIVE")
    void goesOnUntilItsLimitWithReadableVariedText(TinyModel tiny) {
        GenerationResult result = generate(tiny.writeTo(folder.resolve("tiny.gguf")));

        assertThat(result.reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(result.tokens()).hasSize(TOKENS);
        assertThat(result.text()).matches("[ -~\n]+");
        assertThat(Arrays.stream(result.tokens()).distinct().count()).isGreaterThan(8);
    }

    @Test
    void theTinyVocabularyEncodesAnyTextAndParsesItsControlTokens() {
        Path file = TinyModel.llama().writeTo(folder.resolve("tiny.gguf"));
        try (Model model = Model.load(file)) {
            String text = "Any text: 北京, émigré, \u0000, \uD83D\uDE80, tabs\tand  spaces \r\n";

            assertThat(model.tokenizer().decode(model.tokenizer().encode(text))).isEqualTo(text);
            assertThat(model.tokenizer().size()).isEqualTo(Vocabulary.tiny().size());
            assertThat(model.tokenizer().encode("<|im_start|>user", true, true)).startsWith(
                    model.tokenizer().bos().orElseThrow(), model.tokenizer().encode("<|im_start|>", false, true)[0]);
            assertThat(model.tokenizer().eot()).hasValue(model.tokenizer().encode("<|im_end|>", false, true)[0]);
            assertThat(model.info().metadata("tokenizer.chat_template")).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"The capital of France is Paris.", "{\"tool\": \"weather\", \"arguments\": {\"city\": \"Zürich\"}}",
            "no no no\n\nno 🚀"})
    void anAnsweringModelAnswersWhateverIsAskedAndEnds(String answer) {
        Path file = TinyModel.answering(answer).writeTo(folder.resolve("answer.gguf"));
        try (Model model = Model.load(file); Context context = model.newContext()) {
            for (String prompt : List.of("Where?", PROMPT, answer, "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n")) {
                try (Generation generation = context.generate(prompt)) {
                    assertThat(generation.result().text()).isEqualTo(answer);
                    assertThat(generation.result().reason()).isEqualTo(FinishReason.END);
                }
            }
        }
    }

    /** One of each kind of tokenizer. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-spm", "llama-bpe", "bert-bge", "nomic-bert-moe", "gemma-4"})
    void aCopiedVocabularyEncodesAsItsOriginal(String name) {
        Path original = TestFiles.sources().resolve("models/ggml-vocab-" + name + ".gguf");
        Path copy = TinyModel.llama().embeddingSize(8).heads(1, 1).vocabulary(Vocabulary.from(original))
                .writeTo(folder.resolve("copy.gguf"));
        try (Model expected = vocabulary(original); Model actual = vocabulary(copy)) {
            assertThat(actual.tokenizer().encode(PROMPT, true, true)).containsExactly(expected.tokenizer().encode(PROMPT, true, true));
            assertThat(actual.tokenizer().size()).isEqualTo(expected.tokenizer().size());
            assertThat(actual.tokenizer().endOfGeneration()).containsExactly(expected.tokenizer().endOfGeneration());
        }
    }

    private static Model vocabulary(Path file) {
        return Model.load(file, ModelOptions.builder().vocabularyOnly(true).build());
    }

    private static GenerationResult generate(Path file) {
        try (Model model = Model.load(file);
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Generation generation = context.generate(PROMPT,
                        GenerateOptions.builder().maxTokens(TOKENS).sampler(SamplerOptions.greedy()).build())) {
            return generation.result();
        }
    }
}
