package io.github.llamaffm.support.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What rows use: models that are loaded once, and a bystander that none of them may harm. */
public final class Scene implements AutoCloseable {

    public static final GenerateOptions FEW = GenerateOptions.builder().maxTokens(4).sampler(SamplerOptions.greedy()).build();
    public static final GenerateOptions ONE = GenerateOptions.builder().maxTokens(1).sampler(SamplerOptions.greedy()).build();

    private final Path folder;
    private final Map<String, Model> models = new TreeMap<>();
    private final Context bystander;
    private final int[] said;

    Scene(Path folder) {
        this.folder = folder;
        this.bystander = llama().newContext(options(builder -> builder));
        this.said = say();
    }

    /** For files, which are named by their rows. */
    public Path folder() {
        return folder;
    }

    public Path write(String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of a small model. */
    public Path file(TinyModel model) {
        Path file = folder.resolve(model.name() + ".gguf");
        return Files.exists(file) ? file : model.writeTo(file);
    }

    public Model llama() {
        return model(TinyModel.llama());
    }

    public Model model(TinyModel model) {
        return models.computeIfAbsent(model.name(), _ -> Model.load(file(model)));
    }

    /** One with random weights, of an architecture that the testkit has not. */
    public Model random(String architecture) {
        return models.computeIfAbsent(architecture, _ -> {
            try {
                Path made = Files.createDirectory(folder.resolve(architecture));
                RandomModels.make("^" + architecture + "$", made);
                return Model.load(RandomModels.find(architecture, made));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Of 256 tokens, one thread and two sequences. */
    public static ContextOptions options(UnaryOperator<ContextOptions.Builder> change) {
        return change.apply(ContextOptions.builder().contextSize(256).maxSequences(2).threads(1)).build();
    }

    public interface InContext {
        void use(Context context) throws Exception;
    }

    public interface InBatch {
        void use(Context context, Sequence sequence, Batch batch) throws Exception;
    }

    public void inContext(Model model, UnaryOperator<ContextOptions.Builder> change, InContext use) throws Exception {
        try (Context context = model.newContext(options(change))) {
            use.use(context);
        }
    }

    public void inContext(InContext use) throws Exception {
        inContext(llama(), builder -> builder, use);
    }

    public void inBatch(Model model, UnaryOperator<ContextOptions.Builder> change, InBatch use) throws Exception {
        inContext(model, change, context -> {
            try (Sequence sequence = context.newSequence(); Batch batch = context.newBatch()) {
                use.use(context, sequence, batch);
            }
        });
    }

    public void inBatch(InBatch use) throws Exception {
        inBatch(llama(), builder -> builder, use);
    }

    /** @throws AssertionError if the bystander does not say what it said at first */
    void requireUnharmed(String after) {
        assertThat(say()).as("after: " + after).isEqualTo(said);
    }

    private int[] say() {
        try (Generation generation = bystander.generate("The capital of France is", FEW)) {
            return generation.result().tokens();
        }
    }

    @Override
    public void close() {
        bystander.close();
        // Every row has closed what it opened: else this says what is left.
        models.values().forEach(Model::close);
    }
}
