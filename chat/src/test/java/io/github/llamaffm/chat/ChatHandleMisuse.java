package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.ChatScene.HELLO;
import static io.github.llamaffm.chat.ChatScene.said;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.InsufficientMemoryException;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;

/** Uses what is closed, closes what is used, and asks for what cannot be. */
final class ChatHandleMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Open and closed, and options";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("A model that is null", "-", NullPointerException.class, _ -> ChatModel.of(null)),
                refused("A model of the caller's own", "-", IllegalArgumentException.class, _ -> ChatModel.of((Model) java.lang.reflect.Proxy
                        .newProxyInstance(Model.class.getClassLoader(), new Class<?>[] {Model.class}, (_, method, _) ->
                                method.getName().equals("info") ? modelInfo() : null))),
                refused("A closed model", "-", IllegalStateException.class, scene -> {
                    Model model = Model.load(scene.file(TinyModel.llama()));
                    model.close();
                    ChatModel.of(model);
                }),
                refused("A model without weights", "-", IllegalStateException.class, scene -> {
                    try (Model model = Model.load(scene.file(TinyModel.llama()), ModelOptions.builder().vocabularyOnly(true).build())) {
                        ChatModel.of(model);
                    }
                }),
                refused("A model that embeds", "-", IllegalArgumentException.class, scene -> ChatModel.of(scene.model(TinyModel.bert()))),
                refused("A model that encodes its prompt", "-", IllegalArgumentException.class, scene -> ChatModel.of(scene.model(TinyModel.t5()))),
                refused("A context of 2,147,483,392 tokens", "-", InsufficientMemoryException.class, scene -> ChatModel.of(scene.llama(),
                        ChatModelOptions.builder().context(ContextOptions.builder().contextSize(2_147_483_392).build()).build())),
                works("A context of one token", "-", scene -> {
                    try (ChatModel chatModel = ChatModel.of(scene.llama(),
                            ChatModelOptions.builder().context(ContextOptions.builder().contextSize(1).build()).build())) {
                        return said(chatModel.ask("", AskOptions.maxTokens(1)));
                    } catch (ContextFullException e) {
                        return "`ContextFullException`: " + e.getMessage();
                    }
                }),
                refused("`cachedConversations` 0", "-", IllegalArgumentException.class, _ -> ChatModelOptions.builder().cachedConversations(0).build()),
                refused("`cachedConversations` 65", "-", IllegalArgumentException.class, _ -> ChatModelOptions.builder().cachedConversations(65).build()),
                refused("A `queueTimeout` before now", "-", IllegalArgumentException.class, _ ->
                        ChatModelOptions.builder().queueTimeout(Duration.ofNanos(-1)).build()),
                works("The longest `queueTimeout` and deadline", "-", scene -> {
                    try (ChatModel chatModel = ChatModel.of(scene.llama(),
                            ChatScene.options().queueTimeout(Duration.ofSeconds(Long.MAX_VALUE)).build())) {
                        return said(chatModel.ask("Hello", AskOptions.maxTokens(4).deadline(Duration.ofSeconds(Long.MAX_VALUE))));
                    }
                }),
                refused("`maxTokens` 0", "-", IllegalArgumentException.class, _ -> AskOptions.maxTokens(0)),
                works("`maxTokens` 2,147,483,647", "-", scene -> {
                    try (ChatModel chatModel = ChatScene.open(scene.llama())) {
                        assertThat(chatModel.ask("Hello", AskOptions.maxTokens(Integer.MAX_VALUE)).reason()).isIn(StopReason.END, StopReason.LENGTH);
                        return "the context, or the model, ends it";
                    }
                }),
                refused("An empty stop text", "-", IllegalArgumentException.class, _ -> AskOptions.stop("")),
                refused("A stop text with half a character", "-", IllegalArgumentException.class, scene ->
                        ChatScene.ask(scene, HELLO, AskOptions.stop("\uD800"))),
                works("A stop text of 1 MiB", "-", scene -> said(ChatScene.ask(scene, HELLO, AskOptions.stop("a".repeat(1 << 20))))),
                refused("21 alternatives of each token", "-", IllegalArgumentException.class, _ -> AskOptions.defaults().logProbabilities(21)),
                refused("A deadline before now", "-", IllegalArgumentException.class, _ -> AskOptions.deadline(Duration.ofNanos(-1))),
                refused("A template argument that is no JSON", "-", IllegalArgumentException.class, scene ->
                        ChatScene.ask(scene, HELLO, AskOptions.defaults().templateArguments(Map.of("a", new Object())))),
                refused("A template argument that holds itself", "-", IllegalArgumentException.class, scene -> {
                    List<Object> list = new ArrayList<>();
                    list.add(list);
                    ChatScene.ask(scene, HELLO, AskOptions.defaults().templateArguments(Map.of("a", list)));
                }),
                refused("A question to a closed chat model", "-", IllegalStateException.class, scene -> {
                    ChatModel chatModel = ChatScene.open(scene.llama());
                    chatModel.close();
                    chatModel.ask("Hello");
                }),
                works("Facts of a closed one", "-", scene -> {
                    ChatModel chatModel = ChatScene.open(scene.llama());
                    chatModel.close();
                    chatModel.close();
                    assertThat(chatModel.isClosed()).isTrue();
                    assertThat(chatModel.model()).isSameAs(scene.llama());
                    return "%s, %d requests".formatted(chatModel.template().origin(), chatModel.cacheCounters().requests());
                }),
                refused("A model closed before its chat model", "signal", IllegalStateException.class, scene -> {
                    try (Model model = Model.load(scene.file(TinyModel.llama())); ChatModel _ = ChatScene.open(model)) {
                        model.close();
                    }
                }),
                works("A model that is shut down under a chat model that answers", "signal", ChatHandleMisuse::shutDown),
                works("A chat model closed while one is answered and others wait, from another thread", "-", ChatHandleMisuse::closedBeside),
                refused("A chat model closed by the sampler that it calls", "-", IllegalStateException.class, ChatHandleMisuse::closedFromInside),
                refused("A reply iterated twice", "-", IllegalStateException.class, scene -> withReply(scene, reply -> {
                    reply.iterator();
                    reply.iterator();
                })),
                refused("A reply asked for more events than it has", "-", NoSuchElementException.class, scene -> withReply(scene, reply -> {
                    Iterator<ChatEvent> events = reply.iterator();
                    for (int i = 0; i < 100; i++) {
                        events.next();
                    }
                })),
                refused("The answer of a closed reply", "-", IllegalStateException.class, scene -> withReply(scene, reply -> {
                    reply.close();
                    reply.close();
                    reply.answer();
                })),
                works("A reply used after its chat model was closed", "-", scene -> {
                    ChatModel chatModel = ChatScene.open(scene.llama());
                    Reply reply = chatModel.reply(HELLO, AskOptions.maxTokens(4));
                    StopReason reason = reply.answer().reason();
                    chatModel.close();
                    assertThat(reply.answer().reason()).isEqualTo(reason);
                    reply.cancel();
                    reply.close();
                    return "it says what it said";
                }),
                works("1,000 replies that nobody reads or closes", "-", scene -> {
                    try (ChatModel chatModel = ChatScene.open(scene.llama())) {
                        for (int i = 0; i < 1000; i++) {
                            chatModel.reply(HELLO, AskOptions.defaults());
                        }
                    }
                    return "ends with the chat model";
                }));
    }

    private static Object modelInfo() {
        throw new IllegalArgumentException("not made by Model.load");
    }

    private interface InReply {
        void use(Reply reply);
    }

    private static void withReply(Scene scene, InReply use) {
        try (ChatModel chatModel = ChatScene.open(scene.llama()); Reply reply = chatModel.reply(HELLO, AskOptions.maxTokens(4))) {
            use.use(reply);
        }
    }

    /** Samples once it may. */
    private static AskOptions.Values held(CountDownLatch reached, Runnable work) {
        CandidateSampler sampler = _ -> {
            reached.countDown();
            work.run();
        };
        return AskOptions.sampler(SamplerOptions.of(new SamplerSpec.Custom(() -> sampler), new SamplerSpec.Greedy()));
    }

    private static String shutDown(Scene scene) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        Model model = Model.load(scene.file(TinyModel.llama()));
        ChatModel chatModel = ChatScene.open(model);
        Reply reply = chatModel.reply(HELLO, held(reached, () -> {}).maxTokens(400));
        reached.await();
        model.shutdown(Duration.ofSeconds(60));
        String end = end(reply);
        assertThat(end).isIn("END", "LENGTH", "CANCELLED", "IllegalStateException");
        assertThatIllegalStateException().isThrownBy(() -> chatModel.ask("Hello"));
        chatModel.close();
        return "the reply ends, and later ones are an `IllegalStateException`";
    }

    private static String closedBeside(Scene scene) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        ChatModel chatModel = ChatScene.open(scene.llama());
        List<Reply> replies = new ArrayList<>();
        replies.add(chatModel.reply(HELLO, held(reached, () -> {})));
        reached.await();
        for (int i = 0; i < 20; i++) {
            replies.add(chatModel.reply(HELLO, AskOptions.defaults()));
        }
        OnThread.virtual(() -> {
            chatModel.close();
            return "";
        });
        for (Reply reply : replies) {
            assertThat(end(reply)).isIn("END", "LENGTH", "CANCELLED");
        }
        return "each reply ends, those that waited with CANCELLED";
    }

    private static void closedFromInside(Scene scene) {
        try (ChatModel chatModel = ChatScene.open(scene.llama());
                Reply reply = chatModel.reply(HELLO, held(new CountDownLatch(1), chatModel::close).maxTokens(4))) {
            reply.answer();
        }
    }

    private static String end(Reply reply) {
        try {
            return reply.answer().reason().toString();
        } catch (IllegalStateException e) {
            return "IllegalStateException";
        }
    }

}
