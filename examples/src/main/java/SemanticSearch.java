import io.github.llamaffm.*;
import java.util.Comparator;
import java.util.List;

void main() {
    var passages = List.of(
            "The woman opened her case and took out a small machine.",
            "Paris is the capital and the largest city of France.",
            "Water boils at 100 degrees Celsius at sea level.",
            "The cat slept all day on the warm roof.");
    var query = "Which city is the capital of France?";
    try (Model model = Model.load(ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf"));
         Embedder embedder = model.newEmbedder()) {
        float[] wanted = embedder.embed(query, EmbedOptions.query());
        embedder.embedAll(passages, EmbedOptions.passage()).stream()
                .sorted(Comparator.comparingDouble((EmbeddingResult result) -> -similarity(wanted, result.orThrow())))
                .forEach(result -> IO.println("%.3f  %s".formatted(
                        similarity(wanted, result.orThrow()), passages.get(result.index()))));
    }
}

// The vectors have length 1, so their dot product is the cosine.
double similarity(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
}
