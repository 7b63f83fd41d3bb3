package io.github.llamaffm.chat;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.testkit.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/conversations.md} shows is compiled here, and runs. */
class ConversationsPageIT {

    private static final Pattern JAVA = Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void whatThePageShowsRuns() {
        ChatModelOptions options = ChatModelOptions.builder().context(ContextOptions.builder().contextSize(2048).build()).build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Model model = Model.load(TinyModel.llama().contextSize(2048).writeTo(folder.resolve("tiny.gguf"))); ChatModel chatModel = ChatModel.of(model, options)) {
            run(chatModel, folder.resolve("a.chat"), new PrintStream(bytes, false, StandardCharsets.UTF_8));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("tokens were there already").contains("tokens reused");
    }

    private static void run(ChatModel chatModel, Path file, PrintStream out) {
        Chat chat = chatModel.newChat("You are a travel guide. Be brief.");
        Answer answer = chat.ask("Where is Quito?", AskOptions.maxTokens(40));
        out.println(answer.text());
        try (Reply reply = chat.stream("What is near it?", AskOptions.maxTokens(40))) {
            for (ChatEvent event : reply) {
                if (event instanceof ChatEvent.Text(String text)) {
                    out.print(text);
                }
            }
        }
        assertThat(chat.history().messages()).hasSize(5);

        String json = chat.history().toJson();
        Chat later = chatModel.newChat(ChatHistory.fromJson(json));
        assertThat(later.history()).isEqualTo(chat.history());

        String request = later.history().and(Message.user("Thanks.")).toJson();
        List<Message> messages = new ArrayList<>(ChatHistory.fromJson(request).messages());
        try (Reply reply = chatModel.reply(messages, AskOptions.maxTokens(40))) {
            messages.addAll(reply.answer().newMessages());
        }
        String response = new ChatHistory(messages).toJson();
        assertThat(ChatHistory.fromJson(response).messages()).hasSize(7);

        // The same question, another answer. The old one stays until the new one is there.
        try (Reply reply = chat.regenerate(AskOptions.maxTokens(40).seed(7))) {
            reply.answer();
        }

        // Another second question.
        chat.history(chat.history().truncate(3));
        chat.ask("And how high is it?", AskOptions.maxTokens(40));

        // Two that go on from here, each for itself.
        Chat other = chat.fork();
        other.ask("In feet?", AskOptions.maxTokens(40));
        chat.ask("Is that healthy?", AskOptions.maxTokens(40));
        assertThat(other.history().messages()).hasSize(7).startsWith(chat.history().truncate(5).messages().toArray(Message[]::new));

        chat.save(file);
        Chat restored = chatModel.newChat();
        boolean cached = restored.restore(file);             // in this process or another one
        restored.ask("And who lives there?", AskOptions.maxTokens(40));
        assertThat(cached).isTrue();

        chat.ask("And now?", AskOptions.maxTokens(40).whenFull(WhenContextFull.DROP_OLDEST));

        ChatEvent.Usage usage = answer.usage();
        out.println(usage.cachedTokens() + " of " + usage.promptTokens() + " tokens were there already");
        CacheCounters all = chatModel.cacheCounters();
        out.println(all.reusedTokens() + " tokens reused, " + all.evaluatedTokens() + " computed");
    }

    @Test
    void thePageShowsWhatRuns() throws IOException {
        String here = unindented(Files.readString(Path.of("src/test/java/io/github/llamaffm/chat/ConversationsPageIT.java")));
        List<String> shown = JAVA.matcher(Files.readString(Path.of("../docs/conversations.md"))).results()
                .map((MatchResult block) -> unindented(block.group(1))).toList();
        assertThat(shown).hasSizeGreaterThan(5).allSatisfy(block -> assertThat(here).contains(block));
    }

    private static String unindented(String text) {
        return text.lines().map(String::strip).collect(joining("\n", "", "\n"));
    }
}
