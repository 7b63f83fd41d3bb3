package consumer.packagings;

import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.SamplerOptions;

/** Makes a few tokens, then tells which library made them and what else was found. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        ModelSource source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
        GenerateOptions options = GenerateOptions.builder().maxTokens(2).sampler(SamplerOptions.greedy()).build();
        try (Model model = Model.load(source);
                Context context = model.newContext();
                Generation generation = context.generate("The capital of France is", options)) {
            for (String piece : generation) {
                IO.print(piece);
            }
            IO.println();
        }
        IO.println("core " + LlamaRuntime.instance().report().core());
        LlamaRuntime.instance().report().candidates().forEach(candidate -> IO.println("candidate " + candidate));
    }
}
