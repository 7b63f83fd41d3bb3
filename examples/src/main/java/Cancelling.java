import io.github.llamaffm.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var cancellation = Cancellation.create();
    var options = GenerateOptions.builder().cancellation(cancellation).timeLimit(Duration.ofMinutes(1)).build();
    try (Model model = Model.load(source); Context context = model.newContext(); Sequence sequence = context.newSequence()) {
        try (Generation generation = sequence.generate("Count from one to one hundred: one, two,", options)) {
            int pieces = 0;
            for (String piece : generation) {
                IO.print(piece);
                if (++pieces == 10) cancellation.cancel();
            }
            IO.println();
            IO.println(generation.result().reason());
        }
        IO.println(sequence.length() + " tokens are kept, and can be continued");
    }
}
