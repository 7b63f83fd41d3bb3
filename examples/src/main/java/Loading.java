import io.github.llamaffm.*;
import java.util.concurrent.atomic.AtomicLong;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var percent = new AtomicLong();
    var options = ModelOptions.builder()
            .loadMode(LoadMode.READ)
            .progress(fraction -> percent.set(Math.round(fraction * 100)))
            .metadataOverride("llama.context_length", MetadataValue.of(2048))
            .build();
    try (Model model = Model.load(source, options)) {
        IO.println("loaded to " + percent + " %, trained for " + model.info().trainedContextSize() + " tokens");
        for (Placement place : model.placement()) {
            IO.println(place.device().name() + ": " + place.layers() + " layers, " + place.bytes() / 1_000_000 + " MB");
        }
    }

    var cancellation = Cancellation.create();
    var cancelled = ModelOptions.builder()
            .cancellation(cancellation)
            .progress(fraction -> {
                if (fraction > 0.5) cancellation.cancel();      // as another thread would
            })
            .build();
    try (Model model = Model.load(source, cancelled)) {
        throw new AssertionError("loaded all the same");
    } catch (CancelledException e) {
        IO.println("cancelled half-way");
    }
}
