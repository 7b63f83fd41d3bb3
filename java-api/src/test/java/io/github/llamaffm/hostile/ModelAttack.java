package io.github.llamaffm.hostile;

import io.github.llamaffm.LlamaException;
import io.github.llamaffm.LoadMode;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ThreadPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Mutated model files. */
final class ModelAttack implements Attack {

    private final List<Path> bases;
    private final Path file;
    private final Keys keys;
    private final ThreadPool pool = ThreadPool.of(2);

    ModelAttack(Path folder, Path sources) {
        bases = Bases.models(folder);
        file = folder.resolve("hostile-" + ProcessHandle.current().pid() + ".gguf");
        keys = new Keys(sources);
    }

    @Override
    public Outcome run(int number, Random random, Journal journal) throws IOException {
        Path base = bases.get(number % bases.size());
        GgufDamage damage = GgufDamage.of(Files.readAllBytes(base), random, keys);
        journal.mutation(damage.kind(), Bases.name(base), damage.description());
        Files.write(file, damage.bytes());
        ModelOptions options = options(random);
        journal.stage("load " + options.loadMode() + (options.vocabularyOnly() ? " vocabulary" : ""));
        Model model;
        try {
            model = Model.load(file, options);
        } catch (LlamaException e) {
            return Outcome.of(true, e);
        }
        try (model) {
            return new ModelUse(model, file, pool, random, journal).run(options.vocabularyOnly());
        }
    }

    private static ModelOptions options(Random random) {
        LoadMode[] modes = {LoadMode.AUTO, LoadMode.MAP, LoadMode.READ, LoadMode.DIRECT_IO};
        return ModelOptions.builder().loadMode(modes[random.nextInt(modes.length)])
                .vocabularyOnly(random.nextInt(10) == 0)
                .checkTensors(random.nextInt(6) == 0)
                .repack(random.nextInt(4) > 0)
                .build();
    }

    @Override
    public void close() {
        pool.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
