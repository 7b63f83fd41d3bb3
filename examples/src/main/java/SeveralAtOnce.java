import io.github.llamaffm.*;

void main() {
    var source = ModelSource.resource("META-INF/llama-ffm/models/smollm2-135m.gguf");
    var prompts = List.of("The capital of France is", "Water boils at", "The opposite of black is");
    var options = ContextOptions.builder().contextSize(512).maxSequences(prompts.size()).build();
    try (Model model = Model.load(source); Context context = model.newContext(options); Batch batch = context.newBatch()) {
        var sequences = new ArrayList<Sequence>();
        var rows = new int[prompts.size()];
        for (int i = 0; i < rows.length; i++) {
            sequences.add(context.newSequence());
            int[] prompt = model.tokenizer().encode(prompts.get(i), true, true);
            for (int j = 0; j < prompt.length; j++) {
                rows[i] = batch.add(sequences.get(i), prompt[j], j == prompt.length - 1);
            }
        }
        for (int step = 0; step < 8; step++) {
            context.decode(batch);
            var tokens = new int[rows.length];
            for (int i = 0; i < rows.length; i++) tokens[i] = context.logits(rows[i]).argMax();
            batch.clear();
            for (int i = 0; i < rows.length; i++) rows[i] = batch.add(sequences.get(i), tokens[i], true);
        }
        for (Sequence sequence : sequences) IO.println(model.tokenizer().decode(sequence.tokens()));
    }
}
