package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.support.TestFiles;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Templates of every origin, broken ones, and texts and templates of any size. */
class PromptTemplateIT {

    private static final List<Message> HELLO = List.of(Message.user("Hello"));
    private static final String CONTENTS = "{% for m in messages %}{{ m.content }}\n{% endfor %}";

    private static Model model;

    @BeforeAll
    static void load() {
        model = Model.load(TestFiles.model(), ModelOptions.builder().vocabularyOnly(true).build());
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @Test
    void aModelBringsItsTemplate() {
        try (PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
            assertThat(template.info().origin()).isEqualTo(ChatTemplate.Origin.MODEL);
            assertThat(text(template, HELLO)).endsWith("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n");
        }
    }

    @Test
    void aModelWithoutOneHasChatMl() {
        try (Model plain = UpstreamChat.vocabulary("gpt-2");
                PromptTemplate template = PromptTemplate.open(plain, Optional.empty())) {
            assertThat(template.info().origin()).isEqualTo(ChatTemplate.Origin.BUILT_IN);
            assertThat(text(template, HELLO)).isEqualTo("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n");
        }
    }

    @Test
    void anotherTemplateTakesItsPlace() {
        try (PromptTemplate template = open(CONTENTS)) {
            assertThat(template.info().origin()).isEqualTo(ChatTemplate.Origin.OVERRIDE);
            assertThat(template.info().source()).isEqualTo(CONTENTS);
            assertThat(text(template, HELLO)).isEqualTo("Hello\n");
        }
    }

    @Test
    void aBrokenTemplateIsRefusedWithTheReason() {
        for (String broken : List.of("{% for m in messages %}{{ m.content }}", "{{ messages[0] ", "{% nonsense %}", "x\0y")) {
            assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> open(broken).close())
                    .withMessageStartingWith("the chat template cannot be used: ").withMessageContaining("ChatModelOptions.template");
        }
    }

    @Test
    void whatATemplateRaisesIsTheReason() {
        String roles = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('No system here!') }}{% endif %}{{ m.content }}{% endfor %}";
        try (PromptTemplate template = open(roles)) {
            assertThatExceptionOfType(TemplateException.class)
                    .isThrownBy(() -> text(template, List.of(Message.assistant("?"), Message.system("x"), Message.user("y"))))
                    .withMessageStartingWith("the chat template does not take these messages: ").withMessageContaining("No system here!");
            assertThat(text(template, HELLO)).endsWith("Hello");
        }
    }

    /** Some are anchored: at the start of the answer, and where it ends when they are looked for. */
    @Test
    void triggersOfTheTemplateStartTheGrammar() {
        try (PromptTemplate template = open(UpstreamChat.source("openai-gpt-oss-120b"))) {
            RenderedPrompt prompt = template.render(HELLO, AskOptions.tools(Tool.declared("f", "Does.", "{\"type\":\"object\"}")));
            List<Pattern> patterns = prompt.grammar().orElseThrow().triggers().stream()
                    .map(trigger -> Pattern.compile(((GrammarUse.Trigger.Pattern) trigger).regex())).toList();
            assertThat(patterns).hasSize(4);
            assertThat(patterns).anyMatch(pattern -> pattern.matcher(" to").find());
            assertThat(patterns).anyMatch(pattern -> pattern.matcher("<|channel|>commentary to=functions").find());
            assertThat(patterns).anyMatch(pattern -> pattern.matcher("x<|end|><|start|>assistant to").find());
            assertThat(patterns).noneMatch(pattern -> pattern.matcher("I want to").find());
            assertThat(patterns).noneMatch(pattern -> pattern.matcher(" to go").find());
        }
    }

    /** Rendering recurses on a stack of its own, so that no thread's is too small. */
    @Test
    void sizeAndDepthDoNotMatter() throws Exception {
        String text = "word ".repeat(400_000);
        onSmallStack(() -> {
            try (PromptTemplate template = open(CONTENTS)) {
                assertThat(text(template, List.of(Message.user(text)))).isEqualTo(text + "\n");
                assertThat(text(template, List.of(Message.user("[{(<".repeat(50_000))))).hasSize(200_001);
            }
            try (PromptTemplate template = open("a".repeat(1 << 20) + CONTENTS)) {
                assertThat(text(template, HELLO)).hasSize((1 << 20) + 6);
            }
            int depth = 2_000;
            try (PromptTemplate template = open("{% if true %}".repeat(depth) + CONTENTS + "{% endif %}".repeat(depth))) {
                assertThat(text(template, HELLO)).isEqualTo("Hello\n");
            }
            try (PromptTemplate template = open("{{ " + "(".repeat(depth) + "messages[0].content" + ")".repeat(depth) + " }}")) {
                assertThat(text(template, HELLO)).isEqualTo("Hello");
            }
        });
    }

    @Test
    void answersOfAnySizeAndDepthAreRead() throws Exception {
        onSmallStack(() -> {
            try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source("Qwen-Qwen3-0.6B")))) {
                AskOptions.Values tools = AskOptions.tools(Tool.declared("f", "Does.", "{\"type\":\"object\",\"properties\":{\"a\":{}}}"));
                RenderedPrompt prompt = template.render(HELLO, tools);
                int depth = 200;
                String nested = "{\"a\": " + "[".repeat(depth) + "]".repeat(depth) + "}";
                try (AnswerReader reader = AnswerReader.of(template, prompt)) {
                    reader.accept("<tool_call>\n{\"name\": \"f\", \"arguments\": " + nested + "}\n</tool_call>");
                    assertThat(reader.finish(false).message().toolCalls()).singleElement().extracting(ToolCall::arguments).isEqualTo(nested);
                }
                // Far more than any thread's stack: an answer or a refusal, but no crash.
                int deep = 20_000;
                try (AnswerReader reader = AnswerReader.of(template, prompt)) {
                    reader.accept("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": " + "[".repeat(deep));
                    assertThat(reader.finish(true).message().toolCalls()).isEmpty();
                }
                String text = "Some words, <b>and</b> more.\n".repeat(4_000);
                try (AnswerReader reader = AnswerReader.of(template, prompt)) {
                    Told told = Told.of(reader, Told.pieces(text, new SplittableRandom(1), 8), false);
                    assertThat(told.message()).isEqualTo(Message.assistant(text)).isEqualTo(told.fromEvents());
                }
            }
        });
    }

    private static PromptTemplate open(String source) {
        return PromptTemplate.open(model, Optional.of(source));
    }

    private static String text(PromptTemplate template, List<Message> messages) {
        return template.render(messages, AskOptions.defaults().values()).prompt().text();
    }

    private static void onSmallStack(Runnable work) throws Exception {
        FutureTask<Boolean> task = new FutureTask<>(work, true);
        Thread thread = new Thread(null, task, "small stack", 1 << 20);
        thread.start();
        assertThat(task.get()).isTrue();
    }
}
