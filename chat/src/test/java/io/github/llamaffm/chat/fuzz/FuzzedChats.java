package io.github.llamaffm.chat.fuzz;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.chat.Answer;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.Chat;
import io.github.llamaffm.chat.ChatEvent;
import io.github.llamaffm.chat.ChatHistory;
import io.github.llamaffm.chat.ChatModel;
import io.github.llamaffm.chat.ChatModelOptions;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** What is open and belongs to all threads, and the operations on it. */
final class FuzzedChats implements AutoCloseable {

    private static final int MODELS = 3;
    private static final int REPLIES = 8;
    private static final int CHATS = 6;

    private final Model model;
    private final String template;
    private final Path folder;
    private final AtomicReferenceArray<ChatModel> models = new AtomicReferenceArray<>(MODELS);
    private final AtomicReferenceArray<Reply> replies = new AtomicReferenceArray<>(REPLIES);
    private final AtomicReferenceArray<Chat> chats = new AtomicReferenceArray<>(CHATS);
    private final AtomicReferenceArray<Cancellation> tokens = new AtomicReferenceArray<>(2);

    FuzzedChats(Model model, String template, Path folder) {
        this.model = model;
        this.template = template;
        this.folder = folder;
    }

    /** One use of the API. */
    interface Operation {
        void play(RandomAsk random) throws Exception;
    }

    Map<String, Operation> operations() {
        return Map.ofEntries(
                Map.entry("open", this::open), Map.entry("close", this::closeOne), Map.entry("ask", this::ask), Map.entry("ask typed", this::askTyped),
                Map.entry("reply", this::reply), Map.entry("read", this::read), Map.entry("cancel", this::cancel), Map.entry("close reply", this::closeReply),
                Map.entry("cancel token", this::cancelToken), Map.entry("new chat", this::newChat), Map.entry("chat", this::chat),
                Map.entry("stream", this::stream), Map.entry("edit", this::edit), Map.entry("fork", this::fork), Map.entry("file", this::file),
                Map.entry("json", this::json), Map.entry("facts", this::facts));
    }

    private ChatModel chatModel(RandomAsk random) {
        int place = random.any(List.of(0, 1, 2));
        ChatModel open = models.get(place);
        if (open == null || open.isClosed() && random.oneIn(2)) {
            ChatModelOptions.Builder options = ChatModelOptions.builder()
                    .context(ContextOptions.builder().contextSize(random.any(List.of(128, 512, 1024))).threads(1).build())
                    .cachedConversations(random.any(List.of(1, 2, 4)))
                    .queueTimeout(Duration.ofMillis(random.any(List.of(0, 5, 60_000))));
            ChatModel made = ChatModel.of(model, (random.oneIn(4) ? options : options.template(template)).build());
            if (models.compareAndSet(place, open, made)) {
                return made;
            }
            made.close();
        }
        return models.get(place);
    }

    private void open(RandomAsk random) {
        chatModel(random);
    }

    private void closeOne(RandomAsk random) {
        if (random.oneIn(5)) {
            chatModel(random).close();
        }
    }

    private void ask(RandomAsk random) {
        chatModel(random).ask(random.text(), options(random));
    }

    private record Point(int x, int y) {}

    private void askTyped(RandomAsk random) {
        chatModel(random).ask(random.text(), random.any(List.of(Point.class, Boolean.class)), AskOptions.maxTokens(60));
    }

    private void reply(RandomAsk random) {
        Reply reply = chatModel(random).reply(random.messages(), options(random));
        Reply old = replies.getAndSet(random.any(List.of(0, 1, 2, 3, 4, 5, 6, 7)), reply);
        if (old != null && !random.oneIn(4)) {
            old.close();
        }
        if (random.oneIn(2)) {
            Iterator<ChatEvent> events = reply.iterator();
            for (int i = random.any(List.of(0, 1, 2, 5, 1000)); i > 0 && events.hasNext(); i--) {
                events.next();
            }
        }
    }

    /** One that another thread may read, too. */
    private void read(RandomAsk random) {
        Reply reply = replies.get(random.any(List.of(0, 1, 2, 3, 4, 5, 6, 7)));
        if (reply != null) {
            Answer answer = reply.answer();
            answer.text();
            answer.openToolCalls();
        }
    }

    private void cancel(RandomAsk random) {
        Reply reply = replies.get(random.any(List.of(0, 1, 2, 3, 4, 5, 6, 7)));
        if (reply != null) {
            reply.cancel();
        }
    }

    private void closeReply(RandomAsk random) {
        Reply reply = replies.getAndSet(random.any(List.of(0, 1, 2, 3, 4, 5, 6, 7)), null);
        if (reply != null) {
            reply.close();
        }
    }

    private void cancelToken(RandomAsk random) {
        Cancellation token = tokens.getAndSet(random.any(List.of(0, 1)), Cancellation.create());
        if (token != null) {
            token.cancel();
        }
    }

    private AskOptions options(RandomAsk random) {
        int place = random.any(List.of(0, 1));
        tokens.compareAndSet(place, null, Cancellation.create());
        return random.options(tokens.get(place));
    }

    private Chat anyChat(RandomAsk random) {
        int place = random.any(List.of(0, 1, 2, 3, 4, 5));
        if (chats.get(place) == null) {
            chats.compareAndSet(place, null, chatModel(random).newChat());
        }
        return chats.get(place);
    }

    private void newChat(RandomAsk random) {
        ChatModel owner = chatModel(random);
        chats.set(random.any(List.of(0, 1, 2, 3, 4, 5)), random.oneIn(2)
                ? owner.newChat(random.text()) : owner.newChat(new ChatHistory(random.messages())));
    }

    private void chat(RandomAsk random) {
        anyChat(random).ask(random.text(), options(random));
    }

    private void stream(RandomAsk random) {
        Chat chat = anyChat(random);
        try (Reply reply = switch (random.any(List.of(0, 1, 2))) {
            case 0 -> chat.stream(random.text(), options(random));
            case 1 -> chat.resume(options(random));
            default -> chat.regenerate(options(random));
        }) {
            if (random.oneIn(2)) {
                reply.answer();
            }
        }
    }

    private void edit(RandomAsk random) {
        Chat chat = anyChat(random);
        switch (random.any(List.of(0, 1, 2))) {
            case 0 -> chat.add(random.message());
            case 1 -> chat.history(chat.history().truncate(random.any(List.of(0, 1, 2))));
            default -> chat.release();
        }
    }

    private void fork(RandomAsk random) {
        chats.set(random.any(List.of(0, 1, 2, 3, 4, 5)), anyChat(random).fork());
    }

    private void file(RandomAsk random) {
        Path file = folder.resolve("chat" + random.any(List.of(0, 1)));
        if (random.oneIn(2)) {
            anyChat(random).save(file);
        } else {
            anyChat(random).restore(file);
        }
    }

    private void json(RandomAsk random) {
        String json = new ChatHistory(random.messages()).toJson();
        int cut = json.length() / random.any(List.of(1, 2, 3));
        List<Message> read = ChatHistory.fromJson(json.substring(0, cut) + (random.oneIn(4) ? "[" : "")).messages();
        if (cut == json.length() && !new ChatHistory(read).toJson().equals(json)) {
            throw new AssertionError(json);
        }
    }

    private void facts(RandomAsk random) {
        ChatModel chatModel = chatModel(random);
        chatModel.template();
        chatModel.options();
        if (chatModel.cacheCounters().requests() < 0 || chatModel.model() == null) {
            throw new AssertionError();
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < MODELS; i++) {
            ChatModel open = models.getAndSet(i, null);
            if (open != null) {
                open.close();
            }
        }
        for (int i = 0; i < REPLIES; i++) {
            Reply left = replies.getAndSet(i, null);
            if (left != null) {
                left.close();
            }
        }
        for (int i = 0; i < CHATS; i++) {
            chats.set(i, null);
        }
    }
}
