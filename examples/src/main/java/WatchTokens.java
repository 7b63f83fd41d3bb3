import io.github.llamaffm.*;
import jdk.jfr.consumer.RecordingStream;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var tokens = new TreeMap<String, Long>();
    var nanos = new TreeMap<String, Long>();
    try (RecordingStream recorder = new RecordingStream()) {
        for (String name : List.of("io.github.llamaffm.Prefill", "io.github.llamaffm.Decode")) {
            recorder.enable(name);
            recorder.onEvent(name, event -> {
                tokens.merge(name, event.getLong("tokens"), Long::sum);
                nanos.merge(name, event.getDuration().toNanos(), Long::sum);
            });
        }
        recorder.startAsync();
        try (Model model = Model.load(source);
                Context context = model.newContext();
                Generation generation = context.generate("The capital of France is", GenerateOptions.builder().maxTokens(40).build())) {
            generation.result();
        }
        recorder.stop();
    }
    tokens.forEach((name, count) -> IO.println("%s: %d tokens, %.0f a second".formatted(name, count, count * 1e9 / nanos.get(name))));
}
