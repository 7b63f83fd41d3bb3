import io.github.llamaffm.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var grammar = Grammar.of("""
            root   ::= "{ \\"city\\": \\"" letter+ "\\", \\"people\\": " [1-9] [0-9]{0,7} " }"
            letter ::= [A-Za-z -]
            """);
    var options = GenerateOptions.builder().grammar(grammar).sampler(SamplerOptions.greedy()).maxTokens(64).build();
    try (Model model = Model.load(source);
         Context context = model.newContext();
         Generation generation = context.generate("The largest city of France as JSON: ", options)) {
        IO.println(generation.result().text());
    }
}
