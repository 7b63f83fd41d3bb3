package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.Model;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.internal.chat.ChatTemplates;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Thoughts of every template that has them: off, ended by their budget, and without calls of tools in them. */
class ReasoningIT {

    private static final String THOUGHTS = "qwvkqwvkqwvkqwvkqwvk";
    private static final List<Message> ASK = List.of(Message.user("Is it fine?"));
    private static final Tool TOOL = Tool.declared("weather", "Says what the weather is.", """
            {"type":"object","properties":{"city":{"type":"string","enum":["Quito","Lima"]}},"required":["city"],"additionalProperties":false}""");

    private static final int TEMPLATES = 45;
    private static final Set<String> UNREAD = Set.of("LFM2-8B-A1B.jinja", "LFM2.5-Instruct.jinja", "tencent-Hy3.jinja");

    /** They read no text without what is around it, which a grammar of the call's would have to write. */
    private static final Set<String> FRAMED =
            Set.of("openai-gpt-oss-120b.jinja", "Cohere2MoE.jinja", "CohereForAI-c4ai-command-r7b-12-2024-tool_use.jinja");

    @TempDir
    private static Path folder;

    private static Model model;
    private static SingleContext decoding;
    private static List<Thinking> all;

    @BeforeAll
    static void load() {
        model = Model.load(TinyModel.llama().contextSize(4096).writeTo(folder.resolve("tiny.gguf")));
        decoding = new SingleContext(model, ChatModelOptions.builder().context(Asked.exact(4096)).build());
        all = Thinking.all();
        assertThat(all).hasSize(TEMPLATES);
    }

    @AfterAll
    static void unload() {
        all.forEach(thinking -> thinking.template().close());
        decoding.close();
        model.close();
    }

    /** A template that has thoughts. */
    private record Thinking(String name, PromptTemplate template, RenderedPrompt.ThinkingTags tags) {

        static List<Thinking> all() {
            List<Thinking> all = new ArrayList<>();
            for (Path file : UpstreamChat.templates()) {
                PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(file)));
                Optional<RenderedPrompt.ThinkingTags> thinking =
                        template.render(ASK, AskOptions.defaults()).thinking().filter(tags -> !tags.start().isEmpty());
                if (thinking.isPresent()) {
                    all.add(new Thinking(file.getFileName().toString(), template, thinking.get()));
                } else {
                    template.close();
                }
            }
            return all;
        }

        RenderedPrompt prompt(AskOptions.Values options) {
            return template.render(ASK, options);
        }

        /** Whether upstream's parser tells the thoughts of its answers from their text. */
        boolean isRead() {
            return !UNREAD.contains(name);
        }

        /** What is between the prompt and the thoughts: nothing, or what begins them. */
        String begin(RenderedPrompt prompt) {
            return tags.areOpenIn(prompt.params().get("generation_prompt").stringValue()) ? "" : tags.start();
        }

        /** How many tokens the prompt has of the thoughts: they count, as they do upstream. */
        int begun(RenderedPrompt prompt) {
            String written = prompt.params().get("generation_prompt").stringValue();
            return tags.areOpenIn(written)
                    ? model.tokenizer().encode(written.substring(written.lastIndexOf(tags.start()) + tags.start().length()), false, true).length
                    : 0;
        }

        /** What the template itself writes between what ends thoughts and what follows them. */
        String before(String what, String message) {
            ObjectNode request = (ObjectNode) Json.MAPPER.readTree("""
                    {"add_generation_prompt":false,%s,"messages":[{"role":"user","content":"?"},{"role":"assistant","reasoning_content":"Thoughts I have.",%s}]}"""
                    .formatted(Conversations.TOOLS, message));
            try (ChatTemplates templates = ((ChatHost) model).openTemplates(Optional.of(template.info().source()))) {
                String text = Json.MAPPER.readTree(templates.apply(request.toString())).get("prompt").stringValue();
                String end = tags.ends().getFirst();
                int from = text.indexOf(end, Math.max(0, text.indexOf("Thoughts I have.")));
                int to = text.indexOf(what, from);
                return text.contains("Thoughts I have.") && from >= 0 && to >= from + end.length() ? text.substring(from + end.length(), to) : "";
            }
        }
    }

    /** As a reply does it, without its thread. */
    private static Answer ask(Thinking thinking, AskOptions.Values options, String thoughts, String answer) {
        AskOptions.Values planned = options.logProbabilities(0)
                .sampler(Thinker.sampler(model.tokenizer(), thoughts, thinking.tags().ends(), answer));
        List<ChatEvent> events = new ArrayList<>();
        new Answering(thinking.template(), decoding, model, ASK, planned, Cancellation.create(), Optional.empty()).run(events::add);
        return ((ChatEvent.Finish) events.getLast()).answer();
    }

    /** With a whole answer, or without thoughts. */
    private static Answer fine(Thinking thinking, AskOptions.Values options, String thoughts, String end) {
        String before = thinking.name().contains("r7b") ? "<|START_RESPONSE|>" : thinking.before("The answer.", "\"content\":\"The answer.\"");
        Answer answer = ask(thinking, options, thoughts, end + before + "It is fine." + (thinking.name().contains("r7b") ? "<|END_RESPONSE|>" : ""));
        assertThat(answer.reason()).as(thinking.name()).isEqualTo(StopReason.END);
        assertThat(answer.usage().answerTokens()).isEqualTo(answer.probabilities().size());
        return answer;
    }

    private static void isFine(Thinking thinking, Answer answer, String thoughts) {
        assertThat(answer.text().strip()).as(thinking.name()).isEqualTo("It is fine.");
        // Some prompts begin the thoughts with words, and some templates end them with a line break of their own.
        assertThat(answer.message().reasoning().orElse("").replaceAll("(?s)^.*?([qwvk]*)\\s*$", "$1")).as(thinking.name()).isEqualTo(thoughts);
        assertThat(answer.usage().reasoningTokens()).as(thinking.name()).isBetween(thoughts.length(), thoughts.length() + 1);
    }

    @Test
    void everyTemplateKeepsToItsBudget() {
        for (Thinking thinking : all) {
            for (int budget : new int[] {0, 1, 6}) {
                AskOptions.Values options = AskOptions.reasoning(Reasoning.budget(budget));
                RenderedPrompt prompt = thinking.prompt(options);
                String thoughts = THOUGHTS.substring(0, Math.max(0, budget - thinking.begun(prompt)));
                Answer answer = fine(thinking, options, thinking.begin(prompt) + THOUGHTS, "");
                if (thinking.isRead()) {
                    isFine(thinking, answer, thoughts);
                } else {
                    assertThat(answer.text()).isEqualTo(thinking.tags().start() + thoughts + thinking.tags().ends().getFirst() + "It is fine.");
                }
            }
        }
    }

    @Test
    void thoughtsWithoutBudgetEndByThemselves() {
        for (Thinking thinking : all) {
            String begin = thinking.begin(thinking.prompt(AskOptions.reasoning(Reasoning.model())));
            Answer answer = fine(thinking, AskOptions.reasoning(Reasoning.model()), begin + THOUGHTS, thinking.tags().ends().getFirst());
            if (thinking.isRead()) {
                isFine(thinking, answer, THOUGHTS);
            }
        }
    }

    /** By the template where it can, else because they are ended at once. */
    @Test
    void offIsOffInEveryTemplate() {
        int ended = 0;
        AskOptions.Values off = AskOptions.reasoning(Reasoning.off());
        for (Thinking thinking : all) {
            String written = thinking.prompt(off).params().get("generation_prompt").stringValue();
            boolean switched = thinking.tags().ends().stream().anyMatch(written::contains);
            Answer answer = fine(thinking, off, switched ? "" : thinking.begin(thinking.prompt(off)) + THOUGHTS, "");
            if (thinking.isRead()) {
                isFine(thinking, answer, "");
            }
            ended += switched ? 0 : 1;
        }
        assertThat(ended).isBetween(10, TEMPLATES - 10);
    }

    /** What would begin a call of a tool is a thought like any other; behind the thoughts it begins one. */
    @Test
    void thoughtsBeginNoCalls() {
        int templates = 0;
        AskOptions.Values options = AskOptions.tools(TOOL);
        for (Thinking thinking : all) {
            RenderedPrompt prompt = thinking.prompt(options);
            if (!prompt.params().get("grammar_lazy").booleanValue()) {
                continue;
            }
            boolean harmony = thinking.name().contains("gpt-oss");
            String trigger = harmony ? " to" : prompt.params().get("grammar_triggers").get(0).get("value").stringValue();
            String before = harmony ? "<|start|>assistant" : thinking.before(trigger, """
                    "content":"","tool_calls":[{"id":"abcdef123","type":"function","function":{"name":"now","arguments":{}}}]""");
            boolean ends = thinking.tags().ends().contains(trigger);
            String thoughts = thinking.begin(prompt) + "qw" + (ends ? "" : before + trigger + "no!") + "vk";
            String answer = (ends ? "" : thinking.tags().ends().getFirst() + before) + trigger;
            String text = generate(prompt, options, 30, thoughts, thinking.tags().ends(), answer);
            // Without a grammar it would end here, which a call does not.
            assertThat(text).as(thinking.name()).startsWith(thoughts + answer).hasSizeGreaterThan((thoughts + answer).length());
            templates++;
        }
        assertThat(templates).isEqualTo(41);
    }

    /** Where thoughts are ended, the call that follows begins as behind any others. */
    @Test
    void callsFollowThoughtsThatWereEnded() {
        AskOptions.Values options = AskOptions.tools(TOOL).reasoning(Reasoning.budget(4));
        for (Thinking thinking : all) {
            RenderedPrompt prompt = thinking.prompt(options);
            JsonNode triggers = prompt.params().get("grammar_triggers");
            if (triggers.isEmpty() || thinking.name().contains("gpt-oss")) {
                continue;
            }
            String trigger = triggers.get(0).get("value").stringValue();
            String text = generate(prompt, options, 60, thinking.begin(prompt) + THOUGHTS, thinking.tags().ends(), trigger);
            String expected = thinking.begin(prompt) + THOUGHTS.substring(0, Math.max(0, 4 - thinking.begun(prompt))) + thinking.tags().ends().getFirst() + trigger;
            assertThat(text).as(thinking.name()).startsWith(expected).hasSizeGreaterThan(expected.length());
        }
    }

    private static String generate(
            RenderedPrompt prompt, AskOptions.Values options, int more, String thoughts, List<String> ends, String answer) {
        AskOptions.Values planned = options.maxTokens(thoughts.length() + answer.length() + more)
                .sampler(Thinker.sampler(model.tokenizer(), thoughts, ends, answer));
        GenerateOptions generate = new AnswerOptions(model, planned).of(prompt, Optional.empty(), Cancellation.create());
        try (Context context = model.newContext(Asked.exact(4096)); Generation generation = context.generate(prompt.tokens(), generate)) {
            return generation.result().text();
        }
    }

    /** Also in the templates for which upstream has no format, and for grammars of the call's. */
    @Test
    void formatsComeBehindThoughts() {
        Map<AnswerFormat, String> formats = Map.of(
                AnswerFormat.schema("""
                        {"type":"object","properties":{"kind":{"enum":["a","b"]}},"required":["kind"],"additionalProperties":false}"""), "\\{\\s*\"kind\"\\s*:\\s*\"[ab]\"\\s*}",
                AnswerFormat.grammar(Grammar.of("root ::= \"yes\" | \"no\"")), "yes|no");
        formats.forEach((format, pattern) -> {
            AskOptions.Values options = AskOptions.reasoning(Reasoning.budget(6)).maxTokens(300).format(format);
            for (Thinking thinking : all) {
                boolean harmony = thinking.name().contains("gpt-oss");
                if (!(format instanceof AnswerFormat.Schema) && FRAMED.contains(thinking.name())) {
                    continue;
                }
                Answer answer = ask(thinking, options, thinking.begin(thinking.prompt(options)) + THOUGHTS, harmony ? "<|start|>assistant<|channel|>final<|message|>" : "");
                assertThat(answer.text().strip()).as(thinking.name()).matches(pattern);
                assertThat(answer.reason()).as(thinking.name()).isEqualTo(StopReason.END);
            }
        });
    }

    /** In the text of a format thoughts are text. */
    @Test
    void formatsMaySpeakOfThoughts() {
        Thinking qwen = all.stream().filter(thinking -> thinking.name().equals("Qwen-Qwen3-0.6B.jinja")).findFirst().orElseThrow();
        String json = "{\"text\": \"<think>qwvkqwvkqwvk\"}";
        AskOptions.Values options = AskOptions.reasoning(Reasoning.budget(3))
                .format(AnswerFormat.schema("{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"]}"));
        assertThat(ask(qwen, options, "", json).text()).isEqualTo(json);
        assertThat(ask(qwen, options, "<think>" + THOUGHTS, json).message()).isEqualTo(
                new AssistantMessage(Content.of(json), Optional.of("qwv"), List.of()));
    }

    /** They are the model's, also of tokens that were forced. */
    @Test
    void probabilitiesKnowNoBudget() {
        Thinking qwen = all.stream().filter(thinking -> thinking.name().equals("Qwen-Qwen3-0.6B.jinja")).findFirst().orElseThrow();
        Answer forced = ask(qwen, AskOptions.reasoning(Reasoning.budget(2)), "<think>" + THOUGHTS, "fine");
        Answer own = ask(qwen, AskOptions.defaults().values(), "<think>qw", "</think>fine");
        assertThat(forced.message()).isEqualTo(own.message());
        assertThat(forced.usage().reasoningTokens()).isEqualTo(own.usage().reasoningTokens()).isEqualTo(2);
        String end = "</think>";
        List<TokenProbability> forcedEnd = forced.probabilities().stream().filter(token -> end.contains(token.text())).toList();
        assertThat(forcedEnd).isNotEmpty().allSatisfy(token -> assertThat(token.logProbability()).isLessThan(-1f));
    }

    @Test
    void whereThereAreNoThoughtsNothingChanges() {
        try (ChatModel chatModel = ChatModel.of(model, ChatModelOptions.builder().context(Asked.exact(512)).build())) {
            assertThat(chatModel.template().reasoning()).isFalse();
            int[] plain = Asked.ids(Asked.answer(chatModel, ASK, Asked.greedy(12)));
            for (Reasoning reasoning : List.of(Reasoning.off(), Reasoning.budget(0), Reasoning.budget(5))) {
                assertThat(Asked.ids(Asked.answer(chatModel, ASK, Asked.greedy(12).reasoning(reasoning)))).isEqualTo(plain);
            }
        }
    }
}
