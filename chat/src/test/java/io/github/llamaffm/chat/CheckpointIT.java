package io.github.llamaffm.chat;

import static io.github.llamaffm.chat.Asked.answer;
import static io.github.llamaffm.chat.Asked.greedy;
import static io.github.llamaffm.chat.Asked.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.MemoryKind;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memories that cannot go back: conversations go on in them, and new answers start at a checkpoint. */
class CheckpointIT {

    /** It forgets thoughts of earlier turns, so that each turn renders the one before anew. */
    private static final String TEMPLATE = """
            {%- for m in messages -%}<|im_start|>{{ m.role }}
            {%- if m.role == 'assistant' %} {{ m.content[:8] }}{% else %} {{ m.content }}{% endif %}<|im_end|>
            {% endfor -%}{%- if add_generation_prompt -%}<|im_start|>assistant {% endif -%}
            """;

    /** More than a window is kept of. */
    private static final int ANSWER = 300;

    @TempDir
    private Path folder;

    @Test
    void recurrent() {
        check(TinyModel.mamba().contextSize(1024).writeTo(folder.resolve("m.gguf")), MemoryKind.RECURRENT);
    }

    @Test
    void slidingWindow() {
        check(TinyModel.gemma3().contextSize(1024).writeTo(folder.resolve("m.gguf")), MemoryKind.SLIDING_WINDOW);
    }

    @Test
    void hybrid() throws Exception {
        Path made = Files.createDirectory(folder.resolve("made"));
        RandomModels.make("^jamba$", made);
        check(RandomModels.find("jamba", made), MemoryKind.HYBRID);
    }

    private void check(Path file, MemoryKind kind) {
        try (Model model = Model.load(file)) {
            assertThat(model.info().memoryKind()).isEqualTo(kind);
            goesOn(model);
            goesBackToCheckpoints(model);
            goesBackToAnOlderCheckpoint(model, 1);
            goesBackToAnOlderCheckpoint(model, 2);
        }
    }

    /** A window is kept for a while, as large as one computation: small ones are left behind sooner. */
    private static ChatModelOptions options(String template, int conversations) {
        return ChatModelOptions.builder().template(template)
                .context(Asked.exact(2048).toBuilder().batchSize(32).ubatchSize(32).build()).cachedConversations(conversations).build();
    }

    /** Where a template repeats everything, nothing has to go back. */
    private static void goesOn(Model model) {
        String whole = TEMPLATE.replace("[:8]", "");
        Rule rule = new Rule(model, Optional.of(whole));
        try (ChatModel chatModel = ChatModel.of(model, options(whole, 2))) {
            List<Message> messages = new ArrayList<>();
            for (String question : List.of("Where is Quito?", "And what is near?", "Thanks.")) {
                messages.add(Message.user(question.repeat(3)));
                int cached = rule.cached(messages);
                Answer answer = answer(chatModel, messages, greedy(10));
                assertThat(answer.usage().cachedTokens()).isEqualTo(cached);
                assertThat(ids(answer)).isEqualTo(rule.answer(10));
                rule.answered(answer);
                messages.add(answer.message());
            }
            assertThat(chatModel.cacheCounters().restarts()).isZero();
            assertThat(chatModel.cacheCounters().checkpointsRestored()).isZero();
            assertThat(chatModel.cacheCounters().reusedTokens()).isGreaterThan(60);
        }
    }

    private static void goesBackToCheckpoints(Model model) {
        try (ChatModel chatModel = ChatModel.of(model, options(TEMPLATE, 2))) {
            List<Message> messages = new ArrayList<>();
            int turnStart = 0;
            for (String question : List.of("Where is Quito?", "And what is near?", "Thanks.")) {
                messages.add(Message.user(question.repeat(3)));
                Answer answer = answer(chatModel, messages, greedy(ANSWER));
                int[] prompt = prompt(model, messages);
                assertThat(answer.usage().cachedTokens()).isEqualTo(turnStart);
                assertThat(ids(answer)).isEqualTo(Rule.answer(model, prompt, ANSWER));
                turnStart = prompt.length - generationPrompt(model);
                messages.add(answer.message());
            }
            assertThat(chatModel.cacheCounters().checkpointsRestored()).isEqualTo(2);

            // Another answer to the last question.
            List<Message> again = messages.subList(0, messages.size() - 1);
            Answer second = answer(chatModel, again, greedy(ANSWER));
            assertThat(second.usage().cachedTokens()).isEqualTo(turnStart);
            assertThat(ids(second)).isEqualTo(Rule.answer(model, prompt(model, again), ANSWER));
            assertThat(chatModel.cacheCounters().checkpointsRestored()).isEqualTo(3);
            assertThat(chatModel.cacheCounters().restarts()).isZero();

            // An edit of the first question begins anew.
            List<Message> edited = new ArrayList<>(messages.subList(0, 5));
            edited.set(0, Message.user("Where is Lima?".repeat(3)));
            Answer other = answer(chatModel, edited, greedy(ANSWER));
            assertThat(other.usage().cachedTokens()).isZero();
            assertThat(ids(other)).isEqualTo(Rule.answer(model, prompt(model, edited), ANSWER));
            assertThat(chatModel.cacheCounters().restarts()).isEqualTo(1);
        }
    }

    /** Another last question: what was before the answer to the one before it is there still, also for the one after that. */
    private static void goesBackToAnOlderCheckpoint(Model model, int conversations) {
        try (ChatModel chatModel = ChatModel.of(model, options(TEMPLATE, conversations))) {
            List<Message> messages = new ArrayList<>(List.of(Message.user("Where is Quito?")));
            Answer first = answer(chatModel, messages, greedy(ANSWER));
            int turnStart = prompt(model, messages).length - generationPrompt(model);
            messages.add(first.message());
            for (String question : List.of("And what is near?", "Who lives there?", "How high is it?")) {
                List<Message> asked = Asked.with(messages, Message.user(question));
                Answer answer = answer(chatModel, asked, greedy(ANSWER));
                assertThat(answer.usage().cachedTokens()).isGreaterThanOrEqualTo(turnStart);
                assertThat(ids(answer)).isEqualTo(Rule.answer(model, prompt(model, asked), ANSWER));
            }
            assertThat(chatModel.cacheCounters().restarts()).isZero();
        }
    }

    /** Answers that are cut have no tokens that are known. */
    private static int[] prompt(Model model, List<Message> messages) {
        try (PromptTemplate template = PromptTemplate.open(model, Optional.of(TEMPLATE))) {
            return template.render(messages, AskOptions.defaults()).tokens();
        }
    }

    private static int generationPrompt(Model model) {
        return model.tokenizer().encode("<|im_start|>assistant ", false, true).length;
    }
}
