import io.github.llamaffm.*;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The application: asks for a number of stars and reads it. */
int stars(Model model, String review) {
    try (Context context = model.newContext();
         Generation generation = context.generate("Stars from 1 to 5 for this review: " + review + "\n")) {
        return Integer.parseInt(generation.result().text().replaceAll("\\D", ""));
    }
}

/** Its tests: no model file, no network, milliseconds. */
void main() throws Exception {
    Path file = Files.createTempFile("tiny", ".gguf");
    try (Model model = Model.load(TinyModel.answering("I give it 4 stars.").writeTo(file))) {
        check(stars(model, "Good soup, slow service.") == 4);
    }
    try (Model model = Model.load(TinyModel.llama().seed(42).writeTo(file))) {
        var eight = GenerateOptions.builder().maxTokens(8).sampler(SamplerOptions.greedy()).build();
        String first = text(model, eight);
        check(first.equals(text(model, eight)));
        IO.println("noise, the same every time: " + first);
    }
    Files.delete(file);
}

String text(Model model, GenerateOptions options) {
    try (Context context = model.newContext(); Generation generation = context.generate("Once upon a time", options)) {
        return generation.result().text();
    }
}

void check(boolean holds) {
    if (!holds) throw new AssertionError();
}
