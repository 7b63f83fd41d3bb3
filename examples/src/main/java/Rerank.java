import io.github.llamaffm.*;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

void main() throws IOException {
    // Random weights, in place of a reranker such as bge-reranker-v2-m3.
    Path file = Files.createTempFile("reranker", ".gguf");
    TinyModel.qwen3Reranker().seed(4).writeTo(file);

    var passages = List.of("Paris is the capital of France.", "Cats sleep most of the day.");
    try (Model model = Model.load(file); Reranker reranker = model.newReranker()) {
        reranker.rank("What is the capital of France?", passages).stream()
                .sorted(RankResult.bestFirst())
                .forEach(result -> IO.println("%.3f  %s".formatted(result.probability(), passages.get(result.index()))));
    } finally {
        Files.delete(file);
    }
}
