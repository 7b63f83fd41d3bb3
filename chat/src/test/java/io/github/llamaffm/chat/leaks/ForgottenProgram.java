package io.github.llamaffm.chat.leaks;

import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.ChatModel;
import io.github.llamaffm.chat.ChatModelOptions;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Forgets a chat model, and a reply of another one, and waits for the report. */
final class ForgottenProgram {

    private ForgottenProgram() {}

    public static void main(String[] arguments) throws Exception {
        Model model = Model.load(TinyModel.llama().writeTo(Path.of(arguments[0]).resolve("tiny.gguf")));
        ChatModelOptions options = ChatModelOptions.builder().context(ContextOptions.builder().contextSize(256).threads(1).build()).build();
        try (ChatModel kept = ChatModel.of(model, options)) {
            kept.reply(List.of(Message.user("Hello")), AskOptions.maxTokens(3));
            forget(model, options);
            Path log = Path.of(System.getProperty("org.slf4j.simpleLogger.logFile"));
            while (!Files.readString(log).contains("was not closed")) {
                System.gc();
            }
        }
        model.shutdown(Duration.ofSeconds(60));
    }

    /** In a frame of its own, so that nothing of it is left. */
    private static void forget(Model model, ChatModelOptions options) {
        ChatModel.of(model, options).ask("Hello", AskOptions.maxTokens(3));
    }
}
