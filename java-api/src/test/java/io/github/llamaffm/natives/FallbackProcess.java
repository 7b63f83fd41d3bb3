package io.github.llamaffm.natives;

import io.github.llamaffm.Context;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import java.nio.file.Files;
import java.nio.file.Path;

/** Generates a token with every default, then writes what was loaded to a file. Arguments: a model, the file. */
public final class FallbackProcess {

    private FallbackProcess() {}

    public static void main(String[] args) throws Exception {
        String piece;
        try (Model model = Model.load(Path.of(args[0]));
                Context context = model.newContext();
                Generation generation = context.generate("The capital of France is")) {
            piece = generation.iterator().next();
        }
        Files.writeString(Path.of(args[1]), LoadProcess.load() + "piece " + piece + '\n');
    }
}
