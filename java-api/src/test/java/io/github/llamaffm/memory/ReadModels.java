package io.github.llamaffm.memory;

import io.github.llamaffm.InsufficientMemoryException;
import io.github.llamaffm.LoadMode;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a model into memory as often as that is allowed; then a mapped one still loads. Prints how often. Argument: a model. */
final class ReadModels {

    private static final int MORE_THAN_FIT = 10;

    private ReadModels() {}

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        ModelOptions read = ModelOptions.builder().loadMode(LoadMode.READ).build();
        List<Model> open = new ArrayList<>();
        try {
            while (open.size() < MORE_THAN_FIT) {
                open.add(Model.load(file, read));
            }
        } catch (InsufficientMemoryException e) {
            System.out.println("refused=" + e.getMessage());
        }
        System.out.println("models=" + open.size());
        try (Model mapped = Model.load(file, ModelOptions.builder().loadMode(LoadMode.MAP).build())) {
            System.out.println("mapped=" + (mapped.tokenizer().encode("works").length > 0 ? "works" : "fails"));
        }
        open.forEach(Model::close);
    }
}
