import io.github.llamaffm.*;
import io.github.llamaffm.SamplerSpec.*;
import java.util.OptionalInt;

/** Makes the token that came last less probable. */
static final class NoEcho implements CandidateSampler {
    private int last = -1;

    @Override
    public void apply(Candidates candidates) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.token(i) == last) {
                candidates.logit(i, candidates.logit(i) - 5);
            }
        }
    }

    @Override
    public void accept(int token) {
        last = token;
    }
}

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var sampler = SamplerOptions.of(new TopK(40), new Custom(NoEcho::new), new Dist(OptionalInt.of(42)));
    var options = GenerateOptions.builder().maxTokens(24).sampler(sampler).build();
    try (Model model = Model.load(source);
         Context context = model.newContext();
         Generation generation = context.generate("very very very", options)) {
        IO.println(generation.result().text());
    }
}
