package io.github.llamaffm.faults;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.testkit.TinyControlVector;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;

/** What is open beside the operations that fail: it must not notice. */
final class World implements AutoCloseable {

    private static final TinyModel TINY = TinyModel.llama().seed(42);

    private final Path folder;
    private final Model model;
    private final Context context;
    private final Sequence sequence;
    private final float[] expected;

    private World(Path folder) {
        this.folder = folder;
        model = Model.load(modelFile());
        context = model.newContext(smallContext().build());
        sequence = context.newSequence();
        sequence.append(1, 2, 3);
        expected = logits();
    }

    /** Writes the files that the operations read. */
    static void writeFiles(Path folder) {
        TINY.writeTo(folder.resolve("tiny.gguf"));
        TinyLora.of(TINY).writeTo(folder.resolve("lora.gguf"));
        TinyControlVector.of(TINY).writeTo(folder.resolve("vector.gguf"));
        TinyModel.bert().seed(42).writeTo(folder.resolve("bert.gguf"));
        TinyModel.mamba().seed(42).writeTo(folder.resolve("mamba.gguf"));
    }

    static World open(Path folder) {
        return new World(folder);
    }

    static ContextOptions.Builder smallContext() {
        return ContextOptions.builder().contextSize(256).batchSize(64).ubatchSize(64).threads(2);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Path modelFile() {
        return file("tiny.gguf");
    }

    Model model() {
        return model;
    }

    /** A new context of two sequences. */
    Context newContext() {
        return model.newContext(smallContext().maxSequences(2).build());
    }

    /** Decodes tokens; what comes out after the last one, in short. */
    static String decode(Context context, Sequence sequence, int... tokens) {
        float[] logits = logits(context, sequence, tokens);
        return logits.length + " logits " + Integer.toHexString(Arrays.hashCode(logits));
    }

    private static float[] logits(Context context, Sequence sequence, int... tokens) {
        try (Batch batch = context.newBatch()) {
            int last = -1;
            for (int i = 0; i < tokens.length; i++) {
                last = batch.add(sequence, tokens[i], i == tokens.length - 1);
            }
            context.decode(batch);
            return context.logits(last).toArray();
        }
    }

    /** Whether what was open all the time computes what it did, bit for bit. */
    boolean isUnchanged() {
        sequence.truncate(3);
        return Arrays.equals(expected, logits());
    }

    private float[] logits() {
        return logits(context, sequence, 4);
    }

    @Override
    public void close() {
        sequence.close();
        context.close();
        model.close();
    }
}
