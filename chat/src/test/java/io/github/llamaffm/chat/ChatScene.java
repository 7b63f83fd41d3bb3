package io.github.llamaffm.chat;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.support.misuse.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** What rows of misuse ask with. */
final class ChatScene {

    /** The first words of most rows. */
    static final List<Message> HELLO = List.of(Message.user("Hello"));

    private ChatScene() {}

    /** Of 512 tokens and one thread, with a template that shows tools, calls and their answers. */
    static ChatModelOptions.Builder options() {
        return ChatModelOptions.builder().template(template()).context(ContextOptions.builder().contextSize(512).threads(1).build());
    }

    private static String template() {
        try {
            return Files.readString(TestFiles.sources().resolve("models/templates/Qwen-Qwen2.5-7B-Instruct.jinja"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ChatModel open(Model model) {
        return ChatModel.of(model, options().build());
    }

    /** Asks once, for a few tokens. */
    static Answer ask(Scene scene, List<Message> messages, AskOptions options) {
        try (ChatModel chatModel = open(scene.llama()); Reply reply = chatModel.reply(messages, options.values().maxTokens(4))) {
            return reply.answer();
        }
    }

    static Answer ask(Scene scene, Message... messages) {
        return ask(scene, List.of(messages), AskOptions.defaults());
    }

    /** For the page. */
    static String said(Answer answer) {
        return "an answer of %d tokens, %s".formatted(answer.usage().answerTokens(), answer.reason());
    }
}
