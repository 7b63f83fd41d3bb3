import io.github.llamaffm.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var size = ContextOptions.builder().contextSize(256).build();
    try (Model model = Model.load(source);
         Context context = model.newContext(size);
         Sequence chat = context.newSequence()) {
        chat.append("A teacher answers questions of children, in one short sentence.\n");
        var options = GenerateOptions.builder().maxTokens(40).stop("\n")
                .sampler(SamplerOptions.greedy())
                .whenFull(new WhenFull.Shift(chat.length(), OptionalInt.empty())).build();
        for (String thing : List.of("the sun", "the moon", "a river", "a mountain", "rain", "snow", "wind", "fire", "ice", "sand")) {
            try (Generation answer = chat.generate("Child: What is " + thing + "?\nTeacher:", options)) {
                IO.println("What is " + thing + "?" + answer.result().text());
            }
            chat.append("\n");
            IO.println("   (" + chat.length() + " of " + context.sequenceSize() + " tokens)");
        }
    }
}
