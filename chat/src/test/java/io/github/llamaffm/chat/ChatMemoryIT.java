package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.greedy;
import static io.github.llamaffm.chat.Asked.ids;
import static io.github.llamaffm.chat.Asked.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats in memories that cannot go back: what their turns evaluate, and what comes back from a file. */
class ChatMemoryIT {

    private static final String TEMPLATE = """
            {%- for m in messages -%}<|im_start|>{{ m.role }} {{ m.content }}<|im_end|>
            {% endfor -%}{%- if add_generation_prompt -%}<|im_start|>assistant {% endif -%}
            """;

    @TempDir
    private Path folder;

    /** Tokens of each. */
    private int length = 40;


    @Test
    void recurrent() {
        check(TinyModel.mamba().contextSize(4096).writeTo(folder.resolve("m.gguf")), MemoryKind.RECURRENT);
    }

    @Test
    void slidingWindow() {
        // More than a window is kept of.
        length = 300;
        check(TinyModel.gemma3().contextSize(4096).writeTo(folder.resolve("m.gguf")), MemoryKind.SLIDING_WINDOW);
    }

    @Test
    void hybrid() throws Exception {
        Path made = Files.createDirectory(folder.resolve("made"));
        RandomModels.make("^jamba$", made);
        check(RandomModels.find("jamba", made), MemoryKind.HYBRID);
    }

    private void check(Path file, MemoryKind kind) {
        try (Model model = Model.load(file); ChatModel chatModel = open(model)) {
            assertThat(model.info().memoryKind()).isEqualTo(kind);
            Chat chat = chatModel.newChat();
            CacheRule rule = new CacheRule(chatModel, Optional.of(TEMPLATE), false);
            for (String question : List.of("Where is Quito?", "And what is near?", "Thanks.")) {
                ask(chat, rule, question);
            }
            assertThat(chatModel.cacheCounters().restarts()).isZero();
            assertThat(chatModel.cacheCounters().checkpointsRestored()).isZero();
            Path saved = folder.resolve("m.chat");
            chat.save(saved);
            restore(rule, saved);

            // Another answer to the last question, and another last question.
            rule.asks(chat.history().truncate(5).messages());
            try (Reply reply = chat.regenerate(greedy(length))) {
                rule.check(reply.answer());
            }
            assertThat(chatModel.cacheCounters().checkpointsRestored()).isEqualTo(1);
            Chat other = chat.fork();
            other.history(chat.history().truncate(4));
            ask(other, rule, "Why?");
            assertThat(chatModel.cacheCounters().checkpointsRestored()).isEqualTo(2);
            ask(chat, rule, "More?");
            assertThat(chatModel.cacheCounters().restarts()).isZero();

            chat.history(ChatHistory.empty());
            ask(chat, rule, "Something else.");
            assertThat(chatModel.cacheCounters().restarts()).isEqualTo(1);
        }
    }

    /** A file has no checkpoints: it goes on, or begins anew. */
    private void restore(CacheRule rule, Path saved) {
        for (boolean edited : List.of(false, true)) {
            try (ChatModel chatModel = open(rule.model())) {
                Chat chat = chatModel.newChat();
                assertThat(chat.restore(saved)).isTrue();
                assertThat(chat.history().messages()).hasSize(6);
                if (edited) {
                    chat.history(chat.history().truncate(2));
                }
                CacheRule there = rule.in(chatModel);
                ask(chat, there, "And now?");
                assertThat(there.cached()).isGreaterThanOrEqualTo(edited ? 0 : 3 * length);
                assertThat(chatModel.cacheCounters().restarts()).isEqualTo(edited ? 1 : 0);
            }
        }
    }

    /** A window is kept for a while, as large as one computation: small ones are left behind sooner. */
    private static ChatModel open(Model model) {
        return ChatModel.of(model, ChatModelOptions.builder().template(TEMPLATE)
                .context(Asked.exact(4096).toBuilder().batchSize(32).ubatchSize(32).build()).cachedConversations(2).build());
    }

    private void ask(Chat chat, CacheRule rule, String question) {
        List<Message> asked = with(chat.history().messages(), Message.user(question));
        rule.asks(asked);
        Answer answer = rule.check(chat.ask(question, greedy(length)));
        assertThat(ids(answer)).isEqualTo(Rule.answer(rule.model(), rule.prompt(), length));
    }
}
