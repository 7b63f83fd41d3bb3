package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.greedy;
import static io.github.llamaffm.chat.Asked.ids;
import static io.github.llamaffm.chat.Asked.talk;
import static io.github.llamaffm.chat.Asked.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Context;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.internal.chat.ChatSequence;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats of a tiny model: what their history has, and what their turns evaluate. */
class ChatIT {

    private static final List<String> QUESTIONS = List.of("Where is Quito?", "And what is near it?", "Thank you.");

    @TempDir
    private static Path folder;

    private static Model model;

    @BeforeAll
    static void load() {
        model = Model.load(TinyModel.llama().contextSize(2048).writeTo(folder.resolve("tiny.gguf")));
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    private static ChatModel open(int contextSize) {
        return ChatModel.of(model, ChatModelOptions.builder().context(Asked.exact(contextSize)).ask(greedy(9)).build());
    }

    /** Asks, and compares what is evaluated and said with the rule and with a model that has nothing cached. */
    private static Answer ask(Chat chat, CacheRule rule, String question, int tokens) {
        List<Message> asked = with(chat.history().messages(), Message.user(question));
        rule.asks(asked);
        Answer answer = rule.check(chat.ask(question, greedy(tokens)));
        assertThat(ids(answer)).isEqualTo(Rule.answer(model, rule.prompt(), tokens));
        assertThat(chat.history().messages()).isEqualTo(with(asked, answer.message()));
        return answer;
    }

    @Test
    void eachTurnEvaluatesWhatIsNew() {
        try (ChatModel chatModel = open(2048)) {
            Chat chat = chatModel.newChat("You are a travel guide.");
            CacheRule rule = new CacheRule(chatModel, Optional.empty(), true);
            for (String question : QUESTIONS) {
                ask(chat, rule, question, 9);
            }
            assertThat(chat.history().messages()).hasSize(7).startsWith(Message.system("You are a travel guide."));
            assertThat(chatModel.cacheCounters().reusedTokens()).isGreaterThan(100);
            assertThat(chatModel.cacheCounters().restarts()).isZero();
        }
    }

    @Test
    void theDefaultModelHoldsAConversation() {
        try (Model smol = Model.load(TestFiles.model());
                ChatModel chatModel = ChatModel.of(smol, ChatModelOptions.builder().context(Asked.exact(1024)).build())) {
            Chat chat = chatModel.newChat("You answer in one sentence.");
            CacheRule rule = new CacheRule(chatModel, Optional.empty(), true);
            for (String question : List.of("What is the capital of Ecuador?", "And of Peru?", "Thank you.")) {
                rule.asks(with(chat.history().messages(), Message.user(question)));
                Answer answer = rule.check(chat.ask(question, greedy(32)));
                assertThat(answer.text()).isNotBlank();
            }
            assertThat(chat.history().messages()).hasSize(7);
            assertThat(chatModel.cacheCounters().reusedTokens()).isEqualTo(chatModel.cacheCounters().promptTokens() - chatModel.cacheCounters().evaluatedTokens())
                    .isGreaterThan(100);
        }
    }

    @Test
    void editsNewAnswersAndForksShareWhatTheyBeginWith() {
        try (ChatModel chatModel = open(2048)) {
            Chat chat = chatModel.newChat();
            CacheRule rule = new CacheRule(chatModel, Optional.empty(), true);
            for (String question : QUESTIONS) {
                ask(chat, rule, question, 9);
            }
            ChatHistory whole = chat.history();

            // Another answer to the last question, which is longer.
            rule.asks(whole.truncate(5).messages());
            try (Reply reply = chat.regenerate(greedy(14))) {
                rule.check(reply.answer());
            }
            assertThat(rule.cached()).isEqualTo(rule.prompt().length - 1);
            assertThat(chat.history().messages()).hasSize(6).startsWith(whole.truncate(5).messages().toArray(Message[]::new));
            assertThat(chat.history()).isNotEqualTo(whole);

            // Another second question.
            chat.history(whole.truncate(2));
            ask(chat, rule, "And who lives there?", 9);
            assertThat(rule.cached()).isGreaterThan(30);

            // Two that go on from here: each has what both began with.
            Chat other = chat.fork();
            assertThat(other.history()).isEqualTo(chat.history());
            ask(other, rule, "How many?", 9);
            ask(chat, rule, "How old is it?", 9);
            ask(other, rule, "Really?", 9);
            ask(chat, rule, "Really?", 9);
            assertThat(chat.history()).isNotEqualTo(other.history());
            assertThat(context(chatModel).perf().forks()).isPositive();
            assertThat(context(chatModel).perf().copiedBytes()).isZero();
        }
    }

    @Test
    void aReleasedChatHasNoCellsAndItsHistory() {
        try (ChatModel chatModel = open(1024)) {
            Chat chat = chatModel.newChat();
            Chat other = chatModel.newChat();
            CacheRule rule = new CacheRule(chatModel, Optional.empty(), true);
            ask(other, rule, "What time is it?", 9);
            int used = used(chatModel);
            for (String question : QUESTIONS) {
                chat.ask(question);
            }
            // An edit: the chat is cached twice.
            chat.history(chat.history().truncate(2));
            chat.ask("Why?");
            ChatHistory history = chat.history();
            assertThat(used(chatModel)).isGreaterThan(used + 100);

            chat.release();
            assertThat(used(chatModel)).isEqualTo(used);
            assertThat(chat.history()).isEqualTo(history);
            other.release();
            assertThat(used(chatModel)).isZero();

            CacheRule anew = new CacheRule(chatModel, Optional.empty(), true);
            ask(chat, anew, "And now?", 9);
            assertThat(anew.cached()).isZero();
            ask(chat, anew, "And now?", 9);
            assertThat(anew.cached()).isPositive();
        }
    }

    /** Cells that no new sequence can have. */
    private static int used(ChatModel chatModel) {
        int capacity = ((LocalChatModel) chatModel).decoding().capacity();
        try (Sequence sequence = context(chatModel).newSequence()) {
            int free = capacity;
            while (!((ChatSequence) sequence).hasRoom(free)) {
                free--;
            }
            return capacity - free;
        }
    }

    private static Context context(ChatModel chatModel) {
        return ((SingleContext) ((LocalChatModel) chatModel).decoding()).context();
    }

    @Test
    void answersThatAreCutAreKeptAsFarAsTheyCame() {
        try (ChatModel chatModel = open(2048)) {
            Chat chat = chatModel.newChat();
            Answer cut = chat.ask("Tell me a story.", greedy(20));
            assertThat(cut.reason()).isEqualTo(StopReason.LENGTH);
            assertThat(chat.history().messages()).containsExactly(Message.user("Tell me a story."), cut.message());

            String stop = cut.text().substring(8, 10);
            chat.history(ChatHistory.empty());
            Answer stopped = chat.ask("Tell me a story.", greedy(20).stop(stop));
            assertThat(stopped.reason()).isEqualTo(StopReason.STOP);
            assertThat(chat.history().messages()).containsExactly(Message.user("Tell me a story."), stopped.message());

            chat.history(ChatHistory.empty());
            Answer cancelled;
            try (Reply reply = chat.stream("Tell me a story.", greedy(1500))) {
                for (ChatEvent event : reply) {
                    if (event instanceof ChatEvent.Text) {
                        reply.cancel();
                    }
                }
                cancelled = reply.answer();
            }
            assertThat(cancelled.reason()).isEqualTo(StopReason.CANCELLED);
            assertThat(cancelled.text()).isNotEmpty();
            assertThat(chat.history().messages()).containsExactly(Message.user("Tell me a story."), cancelled.message());
        }
    }

    @Test
    void whereNothingWasSaidTheHistoryStays() {
        try (ChatModel chatModel = open(512)) {
            Chat chat = chatModel.newChat("Be brief.");
            ChatHistory before = chat.history();
            assertThat(chat.ask("Why?", greedy(5).deadline(Duration.ZERO)).reason()).isEqualTo(StopReason.DEADLINE);
            assertThat(chat.history()).isEqualTo(before);

            try (Reply reply = chat.stream("Why?", greedy(400))) {
                reply.iterator().next();
            }
            assertThat(chat.history()).isEqualTo(before);

            assertThatExceptionOfType(ContextFullException.class).isThrownBy(() -> chat.ask("word ".repeat(1000)));
            assertThat(chat.history()).isEqualTo(before);
            try (Reply reply = chat.stream("word ".repeat(1000))) {
                assertThatExceptionOfType(ContextFullException.class).isThrownBy(() -> reply.iterator().forEachRemaining(_ -> {}));
                // It has ended, though it is not closed yet.
                Answer answer = chat.ask("Why?");
                assertThat(chat.history().messages()).containsExactly(Message.system("Be brief."), Message.user("Why?"), answer.message());
            }

            // The old answer stays until the new one is there.
            ChatHistory after = chat.history();
            try (Reply reply = chat.regenerate(greedy(5).deadline(Duration.ZERO))) {
                reply.answer();
            }
            assertThat(chat.history()).isEqualTo(after);
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> chat.regenerate(AskOptions.defaults().toolChoice(ToolChoice.required())));
            chat.release();
        }
    }

    @Test
    void goesOnFromResultsOfTools() {
        try (ChatModel chatModel = open(2048)) {
            Chat chat = chatModel.newChat(ChatHistory.fromJson("""
                    [{"role":"user","content":"How warm is Quito?"},
                     {"role":"assistant","content":null,"tool_calls":[{"id":"a1","type":"function","function":{"name":"weather","arguments":"{}"}}]}]"""));
            chat.add(Message.tool("a1", "14"));
            Answer answer;
            try (Reply reply = chat.resume(greedy(9))) {
                answer = reply.answer();
            }
            assertThat(chat.history().messages()).hasSize(4).endsWith(Message.tool("a1", "14"), answer.message());

            // Only the model's last message is made anew.
            try (Reply reply = chat.regenerate(greedy(3))) {
                answer = reply.answer();
            }
            assertThat(chat.history().messages()).hasSize(4).endsWith(Message.tool("a1", "14"), answer.message());
            assertThat(ids(answer)).hasSize(3);
        }
    }

    /** A result of a tool without its call would be worse than none. */
    @Test
    void theOldestTurnsAreDroppedWithTheirTools() {
        String turn = """
                {"role":"user","content":"How warm is it in place %1$d, and what else is there to be said of it?"},
                {"role":"assistant","content":"","tool_calls":[{"id":"a%1$d","type":"function","function":{"name":"weather","arguments":"{\\"place\\":%1$d}"}}]},
                {"role":"tool","tool_call_id":"a%1$d","content":"It is %1$d degrees there, and there is some rain."},
                {"role":"assistant","content":"It is %1$d degrees."}""";
        List<String> turns = new ArrayList<>(List.of("{\"role\":\"system\",\"content\":\"Be brief.\"}"));
        for (int i = 0; i < 12; i++) {
            turns.add(turn.formatted(i));
        }
        try (ChatModel chatModel = open(512)) {
            Chat chat = chatModel.newChat(ChatHistory.fromJson("[" + String.join(",", turns) + "]"));
            ChatHistory before = chat.history();
            assertThatExceptionOfType(ContextFullException.class).isThrownBy(() -> chat.ask("And here?", greedy(40)));
            assertThat(chat.history()).isEqualTo(before);

            Answer answer = chat.ask("And here?", greedy(40).whenFull(WhenContextFull.DROP_OLDEST));
            List<Message> kept = new ArrayList<>(before.and(Message.user("And here?")).messages());
            while (tokens(kept).length > 512 - 40) {
                kept.subList(1, 5).clear();
            }
            assertThat(kept.size()).isBetween(6, 40);
            assertThat(answer.usage().promptTokens()).isEqualTo(tokens(kept).length);
            assertThat(ids(answer)).isEqualTo(Rule.answer(model, tokens(kept), 40));
            // What the model does not see is not forgotten.
            assertThat(chat.history().messages()).hasSize(before.messages().size() + 2);
        }
    }

    private static int[] tokens(List<Message> messages) {
        try (PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
            return template.render(messages, AskOptions.defaults()).tokens();
        }
    }

    record Line(String item, int quantity) {
        Line {
            if (quantity > 100) {
                throw new IllegalArgumentException("too many");
            }
        }
    }

    private static AskOptions.Values says(String json) {
        return AskOptions.sampler(Said.inTurn(model, json));
    }

    @Test
    void valuesBecomePartOfTheHistory() {
        try (ChatModel chatModel = open(2048)) {
            Chat chat = chatModel.newChat();
            String pens = "{\"item\":\"pen\",\"quantity\":3}";
            assertThat(chat.ask("Three pens.", Line.class, says(pens))).isEqualTo(new Line("pen", 3));
            List<Message> before = talk("Three pens.", pens);
            assertThat(chat.history().messages()).isEqualTo(before);

            // Where there is no value, it can be asked again.
            assertThatExceptionOfType(IncompleteAnswerException.class)
                    .isThrownBy(() -> chat.ask("More.", Line.class, says(pens).maxTokens(5)));
            assertThatExceptionOfType(IllegalArgumentException.class).as("of the constructor")
                    .isThrownBy(() -> chat.ask("More.", Line.class, says(pens.replace("3", "300")))).withMessage("too many");
            assertThatExceptionOfType(IllegalArgumentException.class).as("of the options")
                    .isThrownBy(() -> chat.ask("More.", Line.class, AskOptions.format(AnswerFormat.json())));
            assertThat(chat.history().messages()).isEqualTo(before);

            // The schema was told with the question, and is no part of the history.
            int[] asked;
            try (PromptTemplate template = PromptTemplate.open(model, Optional.empty())) {
                asked = template.render(before.subList(0, 1), AskOptions.format(AnswerFormat.schema(AnswerType.of(Line.class).schema()))).tokens();
            }
            chat.release();
            chat.history(ChatHistory.empty());
            chat.ask("Three pens.", Line.class, says(pens));
            List<Message> next = with(before, Message.user("Thanks."));
            Answer answer = chat.ask("Thanks.", greedy(5));
            assertThat(answer.usage().cachedTokens()).isEqualTo(Asked.commonPrefix(asked, tokens(next))).isPositive();
            assertThat(ids(answer)).isEqualTo(Rule.answer(model, tokens(next), 5));

            assertThat(chat.ask("All.", new TypeRef<List<Line>>() {}, says("[" + pens + "]"))).containsExactly(new Line("pen", 3));
            assertThat(chat.history().messages()).hasSize(6).endsWith(Message.user("All."), Message.assistant("[" + pens + "]"));
        }
    }

    @Test
    void oneAtATime() {
        try (ChatModel chatModel = open(2048)) {
            Chat chat = chatModel.newChat(new ChatHistory(talk("Hi", "Hello")));
            ChatHistory before = chat.history();
            Path file = folder.resolve("busy.chat");
            try (Reply reply = chat.stream("Tell me a story.", greedy(1500))) {
                for (Runnable call : List.<Runnable>of(() -> chat.ask("a"), () -> chat.ask("a", Line.class, greedy(1)), () -> chat.stream("a"), () -> chat.resume(greedy(1)),
                        () -> chat.regenerate(greedy(1)), () -> chat.history(ChatHistory.empty()), () -> chat.add(Message.user("a")),
                        chat::fork, chat::release, () -> chat.save(file), () -> chat.restore(file))) {
                    assertThatIllegalStateException().isThrownBy(call::run).withMessageContaining("the chat is in use");
                }
                assertThat(chat.history()).isEqualTo(before);
                reply.cancel();
            }
            assertThat(file).doesNotExist();
            chat.add(Message.user("a"));
            assertThat(chat.history()).isEqualTo(before.and(Message.user("a")));
        }
    }

    @Test
    void manyThreadsDoNotMixAHistory() throws InterruptedException {
        try (ChatModel chatModel = open(2048)) {
            Chat chat = chatModel.newChat();
            List<String> refused = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String question = "Question " + i;
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        chat.ask(question, greedy(4));
                    } catch (IllegalStateException e) {
                        refused.add(question);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            List<Message> messages = chat.history().messages();
            assertThat(messages).hasSize(2 * (16 - refused.size())).isNotEmpty();
            for (int i = 0; i < messages.size(); i++) {
                assertThat(messages.get(i)).isInstanceOf(i % 2 == 0 ? UserMessage.class : AssistantMessage.class);
            }
        }
    }

    @Test
    void thereMustBeSomethingToGoOnFrom() {
        try (ChatModel chatModel = open(512)) {
            Chat chat = chatModel.newChat();
            assertThatIllegalStateException().isThrownBy(() -> chat.resume(greedy(1))).withMessageContaining("no message");
            assertThatIllegalStateException().isThrownBy(() -> chat.regenerate(greedy(1))).withMessageContaining("no message");
            chat.add(Message.user("a"));
            assertThatIllegalStateException().isThrownBy(() -> chat.regenerate(greedy(1))).withMessageContaining("resume");
            assertThat(chat.ask("b").text()).isEqualTo(((AssistantMessage) chat.history().messages().getLast()).content().text());
        }
    }

    @Test
    void afterCloseTheHistoryIsThere() {
        ChatModel chatModel = open(512);
        Chat chat = chatModel.newChat();
        chat.ask("Why?");
        chatModel.close();
        assertThatIllegalStateException().isThrownBy(() -> chat.ask("And now?")).withMessageContaining("closed");
        chat.release();
        chat.save(folder.resolve("closed.chat"));
        assertThat(chat.restore(folder.resolve("closed.chat"))).isFalse();
        assertThat(chat.history().messages()).hasSize(2);
    }

    /** A model that somebody wrapped has chats too; it says nothing of its cache. */
    @Test
    void anyModelHasChats() {
        try (ChatModel chatModel = open(512)) {
            Chat chat = new Wrapped(chatModel).newChat("Be brief.");
            Answer answer = chat.ask("Why?");
            assertThat(chat.history().messages()).containsExactly(Message.system("Be brief."), Message.user("Why?"), answer.message());
            Path file = folder.resolve("wrapped.chat");
            chat.save(file);
            chat.release();
            assertThat(chat.restore(file)).isFalse();
            assertThat(chat.history().messages()).hasSize(3);
            assertThat(chatModel.newChat().restore(file)).isFalse();
        }
    }

    private record Wrapped(ChatModel inner) implements ChatModel {

        @Override
        public Model model() {
            return inner.model();
        }

        @Override
        public ChatModelOptions options() {
            return inner.options();
        }

        @Override
        public ChatTemplate template() {
            return inner.template();
        }

        @Override
        public Reply reply(List<Message> messages, AskOptions options) {
            return inner.reply(messages, options);
        }

        @Override
        public CacheCounters cacheCounters() {
            return inner.cacheCounters();
        }

        @Override
        public boolean isClosed() {
            return inner.isClosed();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
