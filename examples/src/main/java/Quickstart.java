import io.github.llamaffm.*;
import io.github.llamaffm.chat.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    try (Model model = Model.load(source);
         ChatModel chatModel = ChatModel.of(model);
         Reply reply = chatModel.newChat().stream("What is gravity?", AskOptions.maxTokens(100))) {
        for (ChatEvent event : reply) if (event instanceof ChatEvent.Text(String text)) IO.print(text);
    }
}
