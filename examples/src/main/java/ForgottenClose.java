import io.github.llamaffm.*;

void main() {
    System.setProperty("llamaffm.leaks", "true"); // as a rule a flag: java -Dllamaffm.leaks=true
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    try (Model model = Model.load(source)) {
        Sampler sampler = model.newSampler(SamplerOptions.defaults());
        try {
            model.close();
        } catch (IllegalStateException e) {
            IO.println(e.getMessage());
        }
        sampler.close();
    }
}
