import io.github.llamaffm.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    try (Model model = Model.load(source);
         Context context = model.newContext();
         Sequence sequence = context.newSequence();
         Batch batch = context.newBatch();
         Sampler sampler = model.newSampler(SamplerOptions.greedy())) {
        int[] prompt = model.tokenizer().encode("The capital of France is", true, true);
        int row = 0;
        for (int i = 0; i < prompt.length; i++) {
            row = batch.add(sequence, prompt[i], i == prompt.length - 1);
        }
        context.decode(batch);
        for (Candidate candidate : sampler.candidates(context, row, 5)) {
            IO.println("%8.3f %s".formatted(candidate.logProbability(), model.tokenizer().decode(candidate.token())));
        }
    }
}
