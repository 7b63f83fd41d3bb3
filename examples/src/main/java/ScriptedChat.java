import io.github.llamaffm.Model;
import io.github.llamaffm.chat.*;
import io.github.llamaffm.testkit.ScriptedModel;
import io.github.llamaffm.testkit.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The application: a guide that looks up the weather before it answers. */
class Guide {

    private final Chat chat;
    private final Tool weather;

    Guide(ChatModel model, ToolHandler<String> service) {
        this.chat = model.newChat("You are a travel guide.");
        this.weather = Tool.of("weather", "The weather in a city.", """
                {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}""", service);
    }

    String answer(String question) {
        return chat.ask(question, AskOptions.tools(weather).maxTokens(200)).text();
    }
}

/** Its tests: what the model will say is written down, and all else is as it is with any model. */
void main() throws Exception {
    asksTheServiceAndTellsWhatItSaid();
    doesNotGoOnForEver();
}

void asksTheServiceAndTellsWhatItSaid() throws Exception {
    ScriptedModel script = TestModels.scripted()
            .toolCall("weather", "{\"city\": \"Quito\"}")
            .answer("Take an umbrella.")
            .answer("You are welcome.");
    List<String> asked = new ArrayList<>();
    with(script, model -> {
        Guide guide = new Guide(model, arguments -> {
            asked.add(arguments);
            return "rain";
        });
        check(guide.answer("What do I wear in Quito?").equals("Take an umbrella."));
        check(asked.equals(List.of("{\"city\": \"Quito\"}")));
        check(guide.answer("Thank you!").equals("You are welcome."));
    });
    IO.println("the service was asked for " + asked);
}

void doesNotGoOnForEver() throws Exception {
    with(TestModels.scripted().endless("on and on "), model -> {
        Guide guide = new Guide(model, city -> "sun");
        check(guide.answer("Tell me all.").startsWith("on and on on and on"));
    });
}

void with(ScriptedModel script, java.util.function.Consumer<ChatModel> test) throws Exception {
    Path file = Files.createTempFile("scripted", ".gguf");
    try (Model model = Model.load(script.writeTo(file)); ChatModel chatModel = ChatModel.of(model)) {
        test.accept(chatModel);
    } finally {
        Files.delete(file);
    }
}

void check(boolean holds) {
    if (!holds) throw new AssertionError();
}
