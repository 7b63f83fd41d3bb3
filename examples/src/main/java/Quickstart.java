import io.github.llamaffm.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var options = GenerateOptions.builder().maxTokens(32).build();
    try (Model model = Model.load(source);
         Context context = model.newContext();
         Generation generation = context.generate("The capital of France is", options)) {
        for (String piece : generation) IO.print(piece);
    }
}
