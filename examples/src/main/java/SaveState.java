import io.github.llamaffm.*;

void main() throws IOException {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var options = ContextOptions.builder().contextSize(1024).build();
    var answer = GenerateOptions.builder().maxTokens(16).sampler(SamplerOptions.greedy()).build();
    Path file = Files.createTempDirectory("states").resolve("capitals.state");
    try (Model model = Model.load(source)) {
        try (Context context = model.newContext(options);
             Sequence sequence = context.newSequence()) {
            sequence.append("The capital of Germany is Berlin. The capital of Spain is Madrid.");
            sequence.save(file);
        }
        try (Context context = model.newContext(options);      // perhaps in another process, days later
             Sequence sequence = context.newSequence()) {
            sequence.restore(file);                             // nothing is computed
            try (Generation generation = sequence.generate(" The capital of France is", answer)) {
                IO.println(sequence.length() + " tokens restored:" + generation.result().text());
            }
            byte[] inMemory = sequence.save();
            IO.println(inMemory.length + " bytes for " + sequence.length() + " tokens");
            inMemory[inMemory.length / 2] ^= 1;
            try {
                sequence.restore(inMemory);
            } catch (StateException e) {
                IO.println(e.getMessage());                     // the sequence is as before
            }
        }
    }
    Files.delete(file);
}
