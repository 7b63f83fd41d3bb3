package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.SpokenCalls.ANSWER;
import static io.github.llamaffm.chat.SpokenCalls.QUITO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Model;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tools are asked and answer in a chat: it becomes part of the history, and is not computed again. */
class ChatToolsIT {

    private static final Path TEMPLATE = UpstreamChat.templates().stream()
            .filter(file -> file.endsWith("Qwen-Qwen2.5-7B-Instruct.jinja")).findFirst().orElseThrow();
    private static final SpokenCalls SPOKEN = SpokenCalls.byTemplate().get(TEMPLATE.getFileName().toString());
    private static final String QUESTION = "What is it in Quito?";

    @TempDir
    private static Path folder;

    private static Model model;

    private ChatModel chatModel;
    private Chat chat;

    @BeforeAll
    static void load() {
        model = Model.load(TinyModel.llama().contextSize(4096).writeTo(folder.resolve("tiny.gguf")));
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @BeforeEach
    void open() {
        chatModel = ChatModel.of(model, ChatModelOptions.builder().context(Asked.exact(4096)).template(UpstreamChat.source(TEMPLATE)).build());
        chat = chatModel.newChat();
    }

    @AfterEach
    void close() {
        chatModel.close();
    }

    private static AskOptions.Values with(ToolHandler<String> handler, String... says) {
        return AskOptions.tools(Tool.of("weather", "Says what the weather is.", SpokenCalls.SCHEMA, handler)).sampler(Said.inTurn(model, says));
    }

    @Test
    void becomesPartOfTheHistoryAndIsNotComputedAgain() {
        AskOptions.Values options = with(_ -> "It rains.", SPOKEN.call(), SPOKEN.answer(), SPOKEN.answer());
        Answer first = chat.ask(QUESTION, options);
        List<Message> messages = chat.history().messages();
        assertThat(messages).hasSize(4).startsWith(Message.user(QUESTION)).endsWith(first.message());
        assertThat(messages.subList(1, 4)).isEqualTo(first.newMessages());
        ToolCall call = ((AssistantMessage) messages.get(1)).toolCalls().getFirst();
        assertThat(Json.MAPPER.readTree(call.arguments())).isEqualTo(Json.MAPPER.readTree(QUITO));
        assertThat(messages.get(2)).isInstanceOfSatisfying(ToolMessage.class, result -> assertThat(result.callId()).isEqualTo(call.id()));
        assertThat(ChatHistory.fromJson(chat.history().toJson())).isEqualTo(chat.history());

        String said = text(messages.subList(0, 3), options) + first.text();
        String next = text(Asked.with(messages, Message.user("Thanks.")), options);
        assertThat(next).startsWith(said);
        Answer second = chat.ask("Thanks.", options);
        assertThat(second.text()).isEqualTo(ANSWER);
        assertThat(second.usage().promptTokens() - second.usage().cachedTokens())
                .isEqualTo(model.tokenizer().encode(next.substring(said.length()), false, true).length);
    }

    private static String text(List<Message> messages, AskOptions.Values options) {
        try (PromptTemplate template = PromptTemplate.open(model, Optional.of(UpstreamChat.source(TEMPLATE)))) {
            return template.render(messages, options).prompt().text();
        }
    }

    @Test
    void theCallerMayRunThem() {
        AskOptions.Values options = with(_ -> "never", SPOKEN.call(), SPOKEN.answer()).toolLoop(ToolLoop.manual());
        Answer asks = chat.ask(QUESTION, options);
        assertThat(asks.reason()).isEqualTo(StopReason.TOOL_CALLS);
        assertThat(chat.history().messages()).containsExactly(Message.user(QUESTION), asks.message());

        Message result = Message.tool(asks.message().toolCalls().getFirst().id(), "It rains.");
        chat.add(result);
        try (Reply reply = chat.resume(options)) {
            assertThat(reply.answer().text()).isEqualTo(ANSWER);
        }
        assertThat(chat.history().messages()).hasSize(4).startsWith(Message.user(QUESTION), asks.message(), result);
    }

    @Test
    void afterAFailureTheQuestionCanBeAskedAgain() {
        ToolLoop strict = ToolLoop.automatic().onError(OnToolError.FAIL);
        assertThatExceptionOfType(ToolException.class).isThrownBy(() -> chat.ask(QUESTION, with(_ -> {
            throw new IllegalArgumentException("no weather");
        }, SPOKEN.call()).toolLoop(strict)));
        assertThat(chat.history()).isEqualTo(ChatHistory.empty());
        assertThat(chat.ask(QUESTION, with(_ -> "It rains.", SPOKEN.call(), SPOKEN.answer())).text()).isEqualTo(ANSWER);
        assertThat(chat.history().messages()).hasSize(4);
    }

    /** Nobody will answer a call whose handler was cancelled. */
    @Test
    void whatWasCancelledIsNotAskedFor() {
        Cancellation cancellation = Cancellation.create();
        Answer answer = chat.ask(QUESTION, with(_ -> {
            cancellation.cancel();
            new CountDownLatch(1).await();
            return "late";
        }, SPOKEN.call()).cancellation(cancellation));
        assertThat(answer.reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(chat.history()).isEqualTo(ChatHistory.empty());
    }

    /** The chat is in use by the question that the tool is asked for. */
    @Test
    void aHandlerDoesNotUseItsChat() {
        List<Throwable> thrown = new ArrayList<>();
        chat.ask(QUESTION, with(_ -> {
            assertThat(chat.history()).isEqualTo(ChatHistory.empty());
            try {
                chat.ask("And now?");
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
            return "It rains.";
        }, SPOKEN.call(), SPOKEN.answer()));
        assertThat(thrown).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("the chat is in use"));
        assertThat(chat.history().messages()).hasSize(4);
    }
}
