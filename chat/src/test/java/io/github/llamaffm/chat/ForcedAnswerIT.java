package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.support.TestFiles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Formats and calls of tools that a model has to follow: the grammar of a template goes on where its prompt ends. */
class ForcedAnswerIT {

    private static final String SCHEMA = """
            {"type":"object","properties":{"fine":{"type":"boolean"},"kind":{"type":"string","enum":["a","b"]}},"required":["fine","kind"],"additionalProperties":false}""";
    private static final List<Message> ASK = List.of(Message.user("Is it fine?"));

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
    @ValueSource(strings = {"", "Qwen-Qwen2.5-7B-Instruct", "meta-llama-Llama-3.1-8B-Instruct", "mistralai-Mistral-Nemo-Instruct-2407", "openai-gpt-oss-120b"})
    void aFormatIsFollowed(String name) {
        // Not in the prompt: one that it is in makes this model think until its tokens are spent.
        AskOptions.Values options = AskOptions.format(AnswerFormat.schema(SCHEMA)).schemaInPrompt(false);
        try (PromptTemplate template = open(name)) {
            AnswerReader.End end = answer(template, options);
            JsonNode value = Json.MAPPER.readTree(end.message().content().text());
            assertThat(value.get("fine").isBoolean()).isTrue();
            assertThat(value.get("kind").stringValue()).matches("a|b");
        }
    }

    /** No grammar can be used that does not begin with the end of its prompt. */
    @Test
    void grammarsOfAllTemplatesGoOnBehindTheirPrompts() {
        AskOptions.Values tools = AskOptions.tools(Tool.declared("judge", "Judges.", SCHEMA)).toolChoice(ToolChoice.required());
        AtomicInteger grammars = new AtomicInteger();
        InParallel.each(UpstreamChat.templates(), file -> {
            try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)))) {
                for (AskOptions.Values options : List.of(tools, AskOptions.format(AnswerFormat.schema(SCHEMA)))) {
                    RenderedPrompt prompt = template.render(ASK, options);
                    if (prompt.grammar().isPresent()) {
                        model.newSampler(SamplerOptions.of(new SamplerSpec.GrammarRule(prompt.grammar().get()), new SamplerSpec.Greedy())).close();
                        grammars.incrementAndGet();
                    }
                }
            }
        });
        assertThat(grammars).hasValueGreaterThan(120);
    }

    /** With a format the answer is the value, whatever tools the call has, and the parser of the template reads it as the text. */
    @Test
    void aFormatIsForcedWhereThereAreTools() {
        Tool tool = Tool.declared("judge", "Judges.", "{\"type\":\"object\",\"properties\":{\"word\":{\"type\":\"string\"}}}");
        AskOptions.Values asked = AskOptions.tools(tool).format(AnswerFormat.schema(SCHEMA));
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        InParallel.each(UpstreamChat.templates(), file -> {
            try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)))) {
                for (AskOptions.Values options : List.of(asked, asked.toolChoice(ToolChoice.none()))) {
                    wrongOf(template, template.render(ASK, options)).ifPresent(text -> wrong.add("%s, %s: %s".formatted(file.getFileName(), options.toolChoice(), text)));
                }
            }
        });
        assertThat(wrong).isEmpty();
    }

    /** What is wrong with the grammar of a format; templates write the value as it is, in a fence, or behind what begins an answer. */
    private static Optional<String> wrongOf(PromptTemplate template, RenderedPrompt prompt) {
        if (prompt.grammar().isEmpty()) {
            return Optional.of("no grammar");
        }
        GrammarUse use = prompt.grammar().get();
        List<String> begins = new ArrayList<>(List.of("", "```json\n", "<|channel|>final<|message|>", "<|START_TEXT|>", "all\n", " to=user<|message|>"));
        prompt.thinking().ifPresent(tags -> tags.ends().forEach(end -> begins.addAll(List.of(end, end + "\n\n", end + "```json\n", end + "<|START_TEXT|>"))));
        String value = "{\"fine\": true, \"kind\": \"b\"}";
        // Where the prompt has begun thoughts, any text is one until they end.
        List<String> ends = prompt.thinking().filter(tags -> tags.areOpenIn(prompt.params().get("generation_prompt").stringValue()))
                .map(RenderedPrompt.ThinkingTags::ends).orElse(List.of(""));
        if (!use.triggers().isEmpty() && !use.triggers().equals(ends.stream().map(GrammarUse.Trigger.Word::new).toList())) {
            return Optional.of("waits for " + use.triggers());
        }
        for (String begin : begins) {
            if (ends.stream().anyMatch(begin::startsWith) && accepts(use, begin + value)) {
                List<String> others = Stream.of("Surely it is.", "{\"fine\": 1", "{\"kind\"", "[").filter(text -> accepts(use, begin + text)).toList();
                return others.isEmpty() ? misread(template, prompt, begin + value + (begin.endsWith("```json\n") ? "\n```" : ""), value) : Optional.of("accepts " + others);
            }
        }
        return Optional.of("accepts no value: " + use);
    }

    private static boolean accepts(GrammarUse use, String text) {
        GrammarUse behind = new GrammarUse(use.grammar(), List.of(), use.written() + text);
        try {
            model.newSampler(SamplerOptions.of(new SamplerSpec.GrammarRule(behind), new SamplerSpec.Greedy())).close();
            return true;
        } catch (SamplingException e) {
            return false;
        }
    }

    private static Optional<String> misread(PromptTemplate template, RenderedPrompt prompt, String answer, String value) {
        try (AnswerReader reader = AnswerReader.of(template, prompt)) {
            reader.accept(answer);
            String read = reader.finish(false).message().content().text().strip();
            return read.equals(value) ? Optional.empty() : Optional.of("%s is read as %s".formatted(answer, read));
        } catch (TemplateException e) {
            return Optional.of("%s: %s".formatted(answer, e.getMessage()));
        }
    }

    /** No template's parser of it says anything of formats; bounds with one end are among what upstream gets wrong. */
    @Test
    void theGrammarOfTheCallIsThatOfTheCheckedSchema() {
        AskOptions.Values options = AskOptions.format(AnswerFormat.schema("{\"type\":\"integer\",\"minimum\":100}"));
        try (PromptTemplate template = open("Kimi-K2-Instruct")) {
            GrammarUse use = template.render(ASK, options).grammar().orElseThrow();
            assertThat(use.grammar().gbnf()).isEqualTo(ExactGrammar.of(
                    ((ChatHost) model).schemaToGrammar("{\"type\":\"integer\",\"minimum\":100,\"maximum\":9999999999999999}")));
        }
    }

    /** All tools share one grammar, in which upstream takes definitions of one name for one. */
    @Test
    void toolsWithDefinitionsOfOneNameKeepTheirOwn() {
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/Item\"}},\"required\":[\"a\"],\"$defs\":{\"Item\":{\"enum\":[\"%s\"]}}}";
        AskOptions.Values options = AskOptions.tools(Tool.declared("one", "One.", schema.formatted("first")), Tool.declared("two", "Two.", schema.formatted("second")))
                .toolChoice(ToolChoice.required());
        try (PromptTemplate template = open("Qwen-Qwen2.5-7B-Instruct")) {
            String gbnf = template.render(ASK, options).grammar().orElseThrow().grammar().gbnf();
            assertThat(gbnf).contains("\nref-defs-toolAItem ::= (\"\\\"first\\\"\")").contains("\nref-defs-toolBItem ::= (\"\\\"second\\\"\")");
        }
    }

    /** A caller's own grammar begins with the answer. */
    @Test
    void aGrammarOfTheCallersIsFollowed() {
        AskOptions.Values options = AskOptions.format(AnswerFormat.grammar(Grammar.of("root ::= \"yes\" | \"no\"")));
        try (PromptTemplate template = open("")) {
            assertThat(answer(template, options).message().content().text()).matches("yes|no");
        }
    }

    private static AnswerReader.End answer(PromptTemplate template, AskOptions.Values options) {
        RenderedPrompt prompt = template.render(ASK, options);
        GenerateOptions generate = GenerateOptions.builder().grammar(prompt.grammar().orElseThrow()).maxTokens(150).sampler(SamplerOptions.greedy()).build();
        try (Context context = model.newContext(); Generation generation = context.generate(prompt.tokens(), generate);
                AnswerReader reader = AnswerReader.of(template, prompt)) {
            reader.accept(generation.result().text());
            return reader.finish(false);
        }
    }

    /** On the same day each time: how long this model thinks, and whether it comes to an end, depends on the date in its prompt. */
    private static PromptTemplate open(String name) {
        return PromptTemplate.open(model, name.isEmpty()
                ? Optional.empty()
                : Optional.of(UpstreamChat.source(name).replaceAll("strftime_now\\([^)]*\\)", "'2026-11-25'")));
    }
}
