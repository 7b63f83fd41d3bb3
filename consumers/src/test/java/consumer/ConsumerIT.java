package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.llamaffm.Model;
import io.github.llamaffm.chat.AskOptions;
import io.github.llamaffm.chat.Chat;
import io.github.llamaffm.chat.ChatHistory;
import io.github.llamaffm.chat.ChatModel;
import io.github.llamaffm.chat.Message;
import io.github.llamaffm.chat.Tool;
import io.github.llamaffm.testkit.ScriptedModel;
import io.github.llamaffm.testkit.TestModels;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application does with a chat, on the class path that its framework's dependency management makes. */
class ConsumerIT {

    record Line(String item, int quantity) {}

    record Invoice(String customer, List<Line> lines, BigDecimal total, LocalDate due, Optional<String> note) {}

    record Weather(String sky, double degrees) {}

    @TempDir
    private Path folder;

    private void with(ScriptedModel script, Consumer<ChatModel> application) {
        try (Model model = Model.load(script.writeTo(folder.resolve("scripted.gguf"))); ChatModel chatModel = ChatModel.of(model)) {
            application.accept(chatModel);
        }
    }

    @Test
    void asksForAValue() {
        ScriptedModel script = TestModels.scripted()
                .answer("{\"customer\": \"Ada\", \"lines\": [{\"item\": \"tea\", \"quantity\": 2}], \"total\": 7.50, \"due\": \"2026-12-24\"}");
        with(script, chatModel -> assertEquals(
                new Invoice("Ada", List.of(new Line("tea", 2)), new BigDecimal("7.50"), LocalDate.of(2026, 12, 24), Optional.empty()),
                chatModel.ask("Read this invoice: two teas for Ada, 7.50, until Christmas Eve.", Invoice.class)));
    }

    @Test
    void runsATool() {
        List<String> asked = new ArrayList<>();
        Tool tool = Tool.of("weather", "The weather in a city.", """
                {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}""",
                arguments -> {
                    asked.add(arguments);
                    return new Weather("rain", 11.5);
                });
        with(TestModels.scripted().toolCall("weather", "{\"city\": \"Quito\"}").answer("It rains."), chatModel -> {
            Chat chat = chatModel.newChat("Be brief.");
            assertEquals("It rains.", chat.ask("How is the weather in Quito?", AskOptions.tools(tool)).text());
            assertEquals(List.of("{\"city\": \"Quito\"}"), asked);
            assertEquals("{\"sky\":\"rain\",\"degrees\":11.5}", chat.history().messages().get(3).content().text());
        });
    }

    @Test
    void readsAHistory() {
        ChatHistory history = ChatHistory.fromJson("""
                [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hi."}]""");
        assertEquals(ChatHistory.of(Message.user("Hello?"), Message.assistant("Hi.")), history);
        assertEquals(history, ChatHistory.fromJson(history.toJson()));
        with(TestModels.scripted().answer("Hi.").answer("Still here."),
                chatModel -> assertEquals("Still here.", chatModel.newChat(history).ask("And now?").text()));
    }
}
