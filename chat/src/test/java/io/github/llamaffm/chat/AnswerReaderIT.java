package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Model;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a reader tells of an answer, piece by piece. */
class AnswerReaderIT {

    private static final Tool WEATHER = Tool.declared("weather", "Says what the weather is.",
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}");
    private static final Tool NOW = Tool.declared("now", "Says what time it is.", "{\"type\":\"object\",\"properties\":{}}");

    private static Model model;

    @BeforeAll
    static void load() {
        model = UpstreamChat.vocabulary("qwen2");
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @Test
    void textIsToldAsItComes() {
        try (PromptTemplate template = qwen(); AnswerReader reader = reader(template)) {
            assertThat(reader.accept("Hello")).containsExactly(new ChatEvent.Text("Hello"));
            assertThat(reader.accept(" wor")).containsExactly(new ChatEvent.Text(" wor"));
            assertThat(reader.accept("ld")).containsExactly(new ChatEvent.Text("ld"));
            AnswerReader.End end = reader.finish(false);
            assertThat(end.events()).isEmpty();
            assertThat(end.message()).isEqualTo(Message.assistant("Hello world"));
        }
    }

    @Test
    void thoughtsAndCallsAreTold() {
        try (PromptTemplate template = qwen(); AnswerReader reader = reader(template)) {
            Told told = Told.of(reader, List.of("<thi", "nk>\nI see", ".\n</think>", "\n\nWell. <tool", "_call>\n{\"name\": \"weather\", \"argu",
                    "ments\": {\"city\": \"Qu", "ito\"}}\n</tool_call>"), false);
            assertThat(told.message().reasoning().orElseThrow()).startsWith("I see.");
            assertThat(told.fromEvents()).isEqualTo(told.message());
            assertThat(told.names).map(StringBuilder::toString).containsExactly("weather");
            assertThat(told.message().toolCalls()).singleElement().satisfies(call -> {
                assertThat(call.id()).matches("[0-9A-Za-z]{9}");
                assertThat(call.name()).isEqualTo("weather");
                assertThat(Json.MAPPER.readTree(call.arguments())).isEqualTo(Json.MAPPER.readTree("{\"city\":\"Quito\"}"));
            });
            assertThat(told.events).last().isInstanceOf(ChatEvent.ToolCalled.class);
        }
    }

    /** Each piece is told at once, however long the answer is. */
    @Test
    void plainTextDoesNotWait() {
        try (PromptTemplate template = qwen(); AnswerReader reader = reader(template)) {
            for (int i = 0; i < 5_000; i++) {
                assertThat(reader.accept("word, and {more}; ")).containsExactly(new ChatEvent.Text("word, and {more}; "));
            }
            assertThat(reader.finish(false).message()).isEqualTo(Message.assistant("word, and {more}; ".repeat(5_000)));
        }
    }

    @Test
    void idsOfCallsDiffer() {
        assertThat(Stream.generate(ToolCallIds::next).limit(10_000).collect(Collectors.toSet())).hasSize(10_000);
    }

    @Test
    void aCallThatWasCutOffIsNone() {
        String answer = "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Qui";
        try (PromptTemplate template = qwen(); AnswerReader cut = reader(template); AnswerReader whole = reader(template)) {
            Told told = Told.of(cut, List.of(answer), true);
            assertThat(told.message().toolCalls()).isEmpty();
            assertThat(told.calls).isEmpty();
            assertThat(told.arguments.getFirst()).hasToString("{\"city\": \"Qui");

            whole.accept(answer);
            assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> whole.finish(false))
                    .withMessageContaining("call 0 of a tool is not complete")
                    .satisfies(e -> assertThat(e.text()).isEqualTo(answer));
        }
    }

    /** Where upstream's parser makes nothing at all of the end, what was told before it stays. */
    @Test
    void anAnswerThatWasCutOffIsWhatWasTold() {
        String source = UpstreamChat.source("Kimi-K3");
        String noCall = "<|open|>response<|sep|><|close|>response<|sep|><|open|>tools<|sep|>no!";
        try (PromptTemplate template = PromptTemplate.open(model, Optional.of(source)); AnswerReader reader = reader(template)) {
            Told told = Told.of(reader, List.of("I see.", noCall), true);
            assertThat(told.message()).isEqualTo(told.fromEvents());
            assertThat(told.message().reasoning()).hasValue("I see.");
        }
    }

    @Test
    void anAnswerThatIsRefusedIsNoEnd() {
        AskOptions.Values json = AskOptions.defaults().values().format(AnswerFormat.schema("{\"type\":\"object\"}"));
        try (PromptTemplate template = qwen();
                AnswerReader reader = AnswerReader.of(template, template.render(List.of(Message.user("?")), json))) {
            assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> {
                reader.accept("No JSON");
                reader.finish(false);
            }).withMessageContaining("7 characters").satisfies(e -> assertThat(e.text()).isEqualTo("No JSON"));
        }
    }

    private static PromptTemplate qwen() {
        return PromptTemplate.open(model, Optional.of(UpstreamChat.source(UpstreamChat.templates().stream()
                .filter(file -> file.endsWith("Qwen-Qwen3-0.6B.jinja")).findFirst().orElseThrow())));
    }

    private static AnswerReader reader(PromptTemplate template) {
        AskOptions.Values options = AskOptions.tools(WEATHER, NOW);
        return AnswerReader.of(template, template.render(List.of(Message.user("?")), options));
    }
}
