package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.SpokenCalls.LIMA;
import static io.github.llamaffm.chat.SpokenCalls.QUITO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Model;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tools with every template of the pinned tree: a model asks, handlers answer, the model goes on. */
@Timeout(300)
class ToolTemplatesIT {

    /** Upstream has no parser of calls for them. */
    private static final List<String> WITHOUT_CALLS = List.of("HuggingFaceTB-SmolLM3-3B.jinja", "deepseek-ai-DeepSeek-R1-Distill-Llama-8B.jinja",
            "google-gemma-2-2b-it.jinja", "ibm-granite-granite-3.3-2B-Instruct.jinja", "llama-cpp-rwkv-world.jinja", "microsoft-Phi-3.5-mini-instruct.jinja");

    /** They render several calls, but what starts the grammar of the second one is not what that grammar begins with. */
    private static final List<String> WITHOUT_SEVERAL = List.of("meetkai-functionary-medium-v3.2.jinja");

    /** Upstream's parser reads no answer behind its results of tools: docs/upstream/answers-behind-tool-results.md. */
    private static final List<String> UNREAD = List.of("deepseek-ai-DeepSeek-V3.2.jinja");

    @TempDir
    private static Path folder;

    private static Model model;

    @BeforeAll
    static void load() {
        model = Model.load(TinyModel.llama().contextSize(8192).writeTo(folder.resolve("tiny.gguf")));
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @Test
    void handlersAnswerWithEveryTemplate() {
        Map<String, SpokenCalls> spoken = SpokenCalls.byTemplate();
        List<String> without = new ArrayList<>();
        List<String> single = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (Path file : UpstreamChat.templates()) {
            String name = file.getFileName().toString();
            ChatModelOptions options = ChatModelOptions.builder().context(Asked.exact(8192)).template(UpstreamChat.source(file)).build();
            try (ChatModel chatModel = ChatModel.of(model, options); PromptTemplate template = PromptTemplate.open(model, options.template())) {
                if (!chatModel.template().toolCalls()) {
                    without.add(name);
                    requireRefusal(chatModel);
                    continue;
                }
                SpokenCalls says = spoken.get(name);
                run(name, chatModel, template, says.call(), says.answer(), List.of(QUITO), wrong);
                if (says.calls().isPresent()) {
                    run(name, chatModel, template, says.calls().get(), says.answer(), List.of(QUITO, LIMA), wrong);
                } else if (chatModel.template().parallelToolCalls()) {
                    single.add(name);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(without).isEqualTo(WITHOUT_CALLS);
        assertThat(single).isEqualTo(WITHOUT_SEVERAL);
    }

    private static void run(String name, ChatModel chatModel, PromptTemplate template, String calls, String answer, List<String> expected, List<String> wrong) {
        List<Message> question = List.of(Message.user("What is it in Quito?"));
        Tool weather = Tool.of("weather", "Says what the weather is.", SpokenCalls.SCHEMA, arguments -> "It rains: " + arguments.hashCode());
        AskOptions options = AskOptions.tools(weather).sampler(Said.inTurn(model, calls, answer));
        List<ChatEvent> events = new ArrayList<>();
        try (Reply reply = chatModel.reply(question, options)) {
            reply.forEach(events::add);
            Answer whole = reply.answer();
            AssistantMessage asks = (AssistantMessage) whole.newMessages().getFirst();
            List<ToolMessage> results = whole.newMessages().stream().filter(ToolMessage.class::isInstance).map(ToolMessage.class::cast).toList();
            assertThat(asks.toolCalls()).extracting(call -> Json.MAPPER.readTree(call.arguments()).toString()).isEqualTo(expected);
            assertThat(results).extracting(ToolMessage::callId).isEqualTo(asks.toolCalls().stream().map(ToolCall::id).toList());
            assertThat(results).extracting(result -> result.content().text())
                    .isEqualTo(asks.toolCalls().stream().map(call -> "It rains: " + call.arguments().hashCode()).toList());
            assertThat(whole.newMessages()).hasSize(expected.size() + 2).endsWith(whole.message());
            assertThat(whole.text().strip()).startsWith(SpokenCalls.ANSWER);
            assertThat(whole.reason()).isEqualTo(StopReason.END);
            requireEvents(events, whole, asks);
            String second = template.render(Asked.with(question, whole.newMessages().subList(0, expected.size() + 1).toArray(Message[]::new)), options.values())
                    .prompt().text();
            results.forEach(result -> assertThat(second).contains(result.content().text()));
        } catch (TemplateException e) {
            if (!UNREAD.contains(name) || !e.getMessage().startsWith("the answer cannot be read")) {
                wrong.add("%s, %d calls: %s".formatted(name, expected.size(), e));
            }
        } catch (RuntimeException | AssertionError e) {
            wrong.add("%s, %d calls: %s".formatted(name, expected.size(), e));
        }
    }

    /** Of all rounds, in order, and one end. */
    private static void requireEvents(List<ChatEvent> events, Answer whole, AssistantMessage asks) {
        StringBuilder text = new StringBuilder();
        List<StringBuilder> arguments = asks.toolCalls().stream().map(_ -> new StringBuilder()).toList();
        List<ToolCall> called = new ArrayList<>();
        for (ChatEvent event : events) {
            switch (event) {
                case ChatEvent.Text(String more) -> text.append(more);
                case ChatEvent.ToolCallDelta(int index, _, String more) -> arguments.get(index).append(more);
                case ChatEvent.ToolCalled(_, ToolCall call) -> called.add(call);
                case ChatEvent.Progress _, ChatEvent.Reasoning _, ChatEvent.Usage _, ChatEvent.Finish _ -> { }
            }
        }
        assertThat(text.toString()).isEqualTo(asks.content().text() + whole.text());
        assertThat(called).isEqualTo(asks.toolCalls());
        assertThat(arguments).map(StringBuilder::toString).isEqualTo(asks.toolCalls().stream().map(ToolCall::arguments).toList());
        assertThat(events.subList(events.size() - 2, events.size())).containsExactly(whole.usage(), new ChatEvent.Finish(whole));
        assertThat(events.stream().filter(ChatEvent.Usage.class::isInstance)).hasSize(1);
    }

    /** Tools are not dropped without a word. */
    private static void requireRefusal(ChatModel chatModel) {
        Tool tool = Tool.declared("weather", "Says what the weather is.", SpokenCalls.SCHEMA);
        assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> chatModel.reply(Asked.talk("?"), AskOptions.tools(tool)))
                .withMessageContaining("has no calls of tools").withMessageContaining("1 tools");
        try (Reply reply = chatModel.reply(Asked.talk("?"), AskOptions.tools(tool).toolChoice(ToolChoice.none()).maxTokens(1))) {
            assertThat(reply.answer().reason()).isEqualTo(StopReason.LENGTH);
        }
    }
}
