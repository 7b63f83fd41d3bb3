import io.github.llamaffm.*;
import io.github.llamaffm.SamplerSpec.*;
import java.util.OptionalInt;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");

    // The chain of llama.cpp's tools with other numbers, and a chain of one's own.
    var tools = SamplerOptions.builder().temperature(0.9f).dry(0.8f).seed(42).build();
    var own = SamplerOptions.of(new TopNSigma(1), new Temperature(1.2f), new Dist(OptionalInt.of(42)));

    try (Model model = Model.load(source); Context context = model.newContext()) {
        for (SamplerOptions sampler : new SamplerOptions[] {tools, own}) {
            var options = GenerateOptions.builder().maxTokens(24).sampler(sampler).build();
            try (Generation generation = context.generate("Once upon a time", options)) {
                IO.println(generation.result().text());
            }
        }
    }
}
