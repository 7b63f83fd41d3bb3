import io.github.llamaffm.*;
import io.github.llamaffm.testkit.*;

void main() throws IOException {
    Path folder = Files.createTempDirectory("adapters");
    TinyModel tiny = TinyModel.llama();                         // random weights: take your own files instead
    Path modelFile = tiny.writeTo(folder.resolve("model.gguf"));
    Path loraFile = TinyLora.of(tiny).writeTo(folder.resolve("lora.gguf"));
    Path vectorFile = TinyControlVector.of(tiny).writeTo(folder.resolve("vector.gguf"));

    try (Model model = Model.load(modelFile);
         LoraAdapter lora = model.loadAdapter(loraFile)) {
        ControlVector vector = ControlVector.load(vectorFile, model);
        IO.println(lora.metadata().get("general.name"));

        var adapted = ContextOptions.builder().adapters(Adapters.of(lora, 1).and(vector, -0.5f)).build();
        try (Context context = model.newContext(adapted)) {
            IO.println("both: " + text(context, GenerateOptions.builder()));
            IO.println("for one request: " + text(context, GenerateOptions.builder().adapters(Adapters.of(lora, 0.5f))));
            context.adapters(Adapters.none());                  // from now on
            IO.println("none: " + text(context, GenerateOptions.builder()));
        }
    }
}

String text(Context context, GenerateOptions.Builder options) {
    var greedy = options.maxTokens(12).sampler(SamplerOptions.greedy()).build();
    try (Generation generation = context.generate("Once upon a time", greedy)) {
        return generation.result().text().strip();
    }
}
