package io.github.llamaffm.chat;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.support.misuse.Scene;
import java.util.List;

/** What rows of misuse ask with. */
final class ChatScene {

    /** The first words of most rows. */
    static final List<Message> HELLO = List.of(Message.user("Hello"));

    private ChatScene() {}

    /** Of 512 tokens and one thread, with a template that shows tools, calls and their answers. */
    static ChatModelOptions.Builder options() {
        return ChatModelOptions.builder().template(UpstreamChat.source("Qwen-Qwen2.5-7B-Instruct")).context(ContextOptions.builder().contextSize(512).threads(1).build());
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
