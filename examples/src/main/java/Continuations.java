import io.github.llamaffm.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var size = ContextOptions.builder().contextSize(1024).maxSequences(2).build();
    try (Model model = Model.load(source);
         Context context = model.newContext(size);
         Sequence story = context.newSequence()) {
        story.append("Once upon a time, a fox and a crow met in the forest.");
        for (int seed = 1; seed <= 3; seed++) {
            var options = GenerateOptions.builder().maxTokens(24)
                    .sampler(SamplerOptions.builder().seed(seed).build()).build();
            try (Sequence ending = story.fork();
                 Generation generation = ending.generate("", options)) {
                IO.println(seed + ". ..." + generation.result().text().replace('\n', ' '));
            }
        }
        IO.println(context.perf().forks() + " forks, " + context.perf().copiedBytes() + " bytes copied");
    }
}
