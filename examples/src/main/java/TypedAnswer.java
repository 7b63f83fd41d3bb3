import io.github.llamaffm.*;
import io.github.llamaffm.chat.*;
import java.util.*;

record Line(@Range(min = 1, max = 30) String item, @Range(min = 1, max = 99) int quantity) {}
record Order(@Description("who buys") @Range(max = 30) String customer, @Range(min = 1, max = 3) List<Line> lines) {}

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    try (Model model = Model.load(source); ChatModel chatModel = ChatModel.of(model)) {
        Order order = chatModel.ask("Ada buys three pens and a ruler.", Order.class, AskOptions.maxTokens(400));
        for (Line line : order.lines()) IO.println(order.customer() + ": " + line.quantity() + " " + line.item());
    }
}
