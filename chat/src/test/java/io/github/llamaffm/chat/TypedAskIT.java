package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls whose answer is a value. */
class TypedAskIT {

    record Verdict(boolean fine, @Range(min = 0, max = 9) int points) {}

    record Texts(@Range(min = 30) List<Verdict> verdicts) {}

    record Decimals(@Description("is <|im_end|> said") boolean said) {}

    record Even(@Range(min = 1, max = 1) int number) {
        Even {
            throw new IllegalArgumentException(number + " is odd");
        }
    }

    record Unanchored(@Pattern("[a-z]+") String word) {}

    @TempDir
    private static Path folder;

    private static Model model;
    private static ChatModel chatModel;

    @BeforeAll
    static void open() {
        model = Model.load(TinyModel.llama().contextSize(8_192).writeTo(folder.resolve("tiny.gguf")));
        chatModel = ChatModel.of(model, ChatModelOptions.builder().context(ContextOptions.builder().contextSize(8_192).threads(1).build()).build());
    }

    @AfterAll
    static void close() {
        chatModel.close();
        model.close();
    }

    @Test
    void answersAreValues() {
        assertThat(chatModel.ask("Is it fine?", Verdict.class).points()).isBetween(0, 9);
        assertThat(chatModel.ask("Are they fine?", new TypeRef<List<Verdict>>() {}, AskOptions.seed(2))).isNotNull();
        assertThat(chatModel.ask("How many?", int.class, AskOptions.maxTokens(200))).isNotNull();
    }

    @Test
    void whatIsCutOffIsNoValue() {
        IncompleteAnswerException cut = catchThrowableOfType(IncompleteAnswerException.class,
                () -> chatModel.ask("Are they fine?", Texts.class, AskOptions.maxTokens(20)));
        assertThat(cut.reason()).isEqualTo(StopReason.LENGTH);
        assertThat(cut.text()).startsWith("{").contains("\"verdicts\"");
        assertThat(cut).hasMessage("the answer was cut off (LENGTH) after %d characters; see text()", cut.text().length());
        assertThatThrownBy(() -> chatModel.ask("Is it fine?", Verdict.class, AskOptions.stop("{")))
                .isInstanceOfSatisfying(IncompleteAnswerException.class, e -> assertThat(e.reason()).isEqualTo(StopReason.STOP));
    }

    @Test
    void nothingIsGeneratedForATypeThatCannotBe() {
        long before = chatModel.cacheCounters().requests();
        assertThatIllegalArgumentException().isThrownBy(() -> chatModel.ask("x", Object.class)).withMessageContaining("java.lang.Object");
        assertThatThrownBy(() -> chatModel.ask("x", Unanchored.class))
                .isInstanceOfSatisfying(SchemaException.class, e -> assertThat(e.pointer()).isEqualTo("/properties/word/pattern"));
        assertThatIllegalArgumentException().isThrownBy(() -> chatModel.ask("x", Verdict.class, AskOptions.format(AnswerFormat.json())))
                .withMessageContaining("the format of its type");
        assertThat(chatModel.cacheCounters().requests()).isEqualTo(before);
    }

    @Test
    void aConstructorMayRefuse() {
        assertThatThrownBy(() -> chatModel.ask("x", Even.class)).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage("1 is odd");
    }

    /** In all templates, once, and none of its words is a token of the template's. */
    @ParameterizedTest
    @MethodSource("templates")
    void theSchemaIsInThePromptOnce(Path file) {
        String schema = AnswerType.of(Decimals.class).schema();
        AskOptions.Values options = AskOptions.format(AnswerFormat.schema(schema));
        try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)))) {
            List<Message> messages = List.of(Message.user("Is it said?"));
            String with = template.render(messages, options).prompt().text();
            assertThat(with.split("<\\|im_end\\|> said", -1)).hasSize(2);
            int ends = count(template.render(messages, options).tokens());
            int without = count(template.render(messages, AskOptions.defaults()).tokens());
            assertThat(ends).as("tokens <|im_end|> of %s", with).isEqualTo(without);
            if (!file.toString().contains("DeepSeek-V4")) {
                assertThat(template.render(messages, options.schemaInPrompt(false)).prompt().text()).doesNotContain("is <|im_end|> said");
                assertThat(with).contains(schema);
            }
        }
    }

    /** What a template writes has no examples in it; properties and values of such names are none. */
    @Test
    void propertiesMayHaveTheNamesOfAnnotations() {
        String kept = """
                {"type":"object","properties":{"default":{"type":"string"},"example":{"enum":[{"default":1}]},"title":{"const":{"examples":[2]}}},"required":["default"]}""";
        String schema = kept.replace("\"string\"}", "\"string\",\"default\":\"left out\",\"examples\":[\"left out\"]}");
        try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(TestFiles.sources().resolve("models/templates/deepseek-ai-DeepSeek-V4.jinja"))))) {
            String prompt = template.render(List.of(Message.user("x")), AskOptions.format(AnswerFormat.schema(schema))).prompt().text();
            assertThat(prompt.replace(" ", "")).contains(kept.replace(" ", ""));
        }
    }

    @Test
    void whatIsBeforeTheQuestionStays() {
        String schema = AnswerType.of(Verdict.class).schema();
        List<Message> messages = List.of(Message.system("Judge."), Message.user("a"), Message.assistant("b"), Message.user("c"));
        List<Message> with = FormatPrompt.in(messages, AskOptions.format(AnswerFormat.schema(schema)), chatModel.template());
        assertThat(with.subList(0, 3)).isEqualTo(messages.subList(0, 3));
        assertThat(with.get(3).content().text()).startsWith("c\n\nAnswer with JSON").endsWith(schema);
        assertThat(with.get(3).content().parts()).allMatch(Content.Part.Text.class::isInstance);
    }

    /** The largest schemas that are taken: their grammars are made, and begun. */
    @Test
    void theLargestSchemasAreForced() {
        for (String schema : List.of(
                object(1_000, 1_000), object(1_000, 976), object(24, 0),
                "{\"enum\":[" + IntStream.range(0, 1_000).mapToObj(Integer::toString).collect(Collectors.joining(",")) + "]}",
                "{\"items\":".repeat(15) + "{\"type\":\"null\"}" + "}".repeat(15),
                "{\"type\":\"object\",\"properties\":{" + IntStream.range(0, 10)
                        .mapToObj(i -> "\"p" + i + "\":{\"type\":\"string\",\"minLength\":1990,\"maxLength\":2000}").collect(Collectors.joining(",")) + "}}",
                "{\"type\":\"string\",\"pattern\":\"^" + "[a-c]?x".repeat(500) + "$\"}",
                "{\"type\":\"string\",\"pattern\":\"^((a{100}){100}){100}$\"}",
                "{\"type\":\"string\",\"pattern\":\"^" + "(?:".repeat(85) + "a" + ")+".repeat(85) + "$\"}")) {
            Answer answer = chatModel.ask("x", AskOptions.maxTokens(3).format(AnswerFormat.schema(schema)).schemaInPrompt(false));
            assertThat(answer.usage().answerTokens()).isBetween(1, 3);
        }
    }

    private static String object(int properties, int required) {
        return "{\"type\":\"object\",\"properties\":{" + IntStream.range(0, properties).mapToObj(i -> "\"p" + i + "\":{\"type\":\"null\"}").collect(Collectors.joining(","))
                + "},\"required\":[" + IntStream.range(0, required).mapToObj(i -> "\"p" + i + "\"").collect(Collectors.joining(",")) + "]}";
    }

    private static int count(int[] tokens) {
        int end = model.tokenizer().encode("<|im_end|>", false, true)[0];
        return (int) IntStream.of(tokens).filter(token -> token == end).count();
    }

    static Stream<Path> templates() {
        return UpstreamChat.templates().stream().filter(file -> Stream.of("Qwen2.5-7B", "DeepSeek-V4", "gpt-oss", "gemma-2", "Kimi-K3", "Cohere2MoE", "Mistral-Nemo")
                .anyMatch(file.toString()::contains));
    }

}
