package io.github.llamaffm.hostile;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Mutated LoRA adapters and control vectors. */
final class AdapterAttack implements Attack {

    private static final int[] PROMPT = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    private static final GenerateOptions GREEDY = GenerateOptions.builder().maxTokens(3).sampler(SamplerOptions.greedy()).build();

    private final ThreadPool pool = ThreadPool.of(2);
    private final Path folder;
    private final List<Path> bases;
    private final Path file;
    private final Keys keys;
    private final Map<String, Model> models = new HashMap<>();
    private final Map<String, int[]> expected = new HashMap<>();

    AdapterAttack(Path folder, Path sources) {
        this.folder = folder;
        bases = Bases.adapters(folder);
        file = folder.resolve("hostile-" + ProcessHandle.current().pid() + ".gguf");
        keys = new Keys(sources);
    }

    @Override
    public Outcome run(int number, Random random, Journal journal) throws IOException {
        Path base = bases.get(number % bases.size());
        String name = Bases.name(base);
        GgufDamage damage = GgufDamage.of(Files.readAllBytes(base), random, keys);
        journal.mutation(damage.kind(), name, damage.description());
        Files.write(file, damage.bytes());
        Model model = models.computeIfAbsent("tiny-" + name.substring(0, name.indexOf('-')),
                key -> Model.load(Bases.model(folder, key)));
        float scale = random.nextInt(4) == 0 ? (float) Extreme.number(1, random) : 1;
        journal.stage("load");
        try (Context context = model.newContext(ContextOptions.builder().contextSize(256).batchSize(64).threadPool(pool).build())) {
            Outcome outcome = name.endsWith("vector") ? vector(model, context, scale, journal) : lora(model, context, scale, journal);
            journal.stage("without it");
            if (!context.isPoisoned()) {
                requireUnchanged(model, context);
            }
            return outcome;
        }
    }

    private Outcome vector(Model model, Context context, float scale, Journal journal) {
        ControlVector vector;
        try {
            vector = ControlVector.load(file, model);
        } catch (LlamaException e) {
            return Outcome.of(true, e);
        }
        return use(context, () -> Adapters.of(vector, scale), journal);
    }

    private Outcome lora(Model model, Context context, float scale, Journal journal) {
        LoraAdapter lora;
        try {
            lora = model.loadAdapter(file);
        } catch (LlamaException e) {
            return Outcome.of(true, e);
        }
        try (lora) {
            lora.metadata();
            lora.invocationTokens();
            Outcome outcome = use(context, () -> Adapters.of(lora, scale), journal);
            if (context.isPoisoned()) {
                context.close();
            }
            return outcome;
        }
    }

    private interface Made {
        Adapters adapters();
    }

    private static Outcome use(Context context, Made made, Journal journal) {
        try {
            journal.stage("use");
            context.adapters(made.adapters());
            journal.stage("compute");
            generate(context);
            return Outcome.USED;
        } catch (LlamaException | IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
            Outcome.requireDocumented(e);
            return Outcome.of(false, e);
        } finally {
            if (!context.isPoisoned()) {
                context.adapters(Adapters.none());
            }
        }
    }

    private void requireUnchanged(Model model, Context context) {
        String name = model.info().metadata("general.name").orElseThrow();
        int[] tokens = generate(context);
        int[] before = expected.computeIfAbsent(name, _ -> plain(model));
        if (!Arrays.equals(tokens, before)) {
            throw new AssertionError("without the adapter %s generates %s, was %s".formatted(name, Arrays.toString(tokens), Arrays.toString(before)));
        }
    }

    private int[] plain(Model model) {
        try (Context context = model.newContext(ContextOptions.builder().contextSize(256).batchSize(64).threadPool(pool).build())) {
            return generate(context);
        }
    }

    private static int[] generate(Context context) {
        try (Sequence sequence = context.newSequence();
                Generation generation = sequence.generate(PROMPT, GREEDY)) {
            return generation.result().tokens();
        }
    }

    @Override
    public void close() {
        models.values().forEach(Model::close);
        pool.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
