package io.github.llamaffm.natives;

import io.github.llamaffm.Context;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GpuRequiredException;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Generates a token with every default, requires a GPU, and writes what was loaded and what the requirement threw to a file.
 * Arguments: a model, the file.
 */
public final class FallbackProcess {

    private FallbackProcess() {}

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        String piece;
        try (Model model = Model.load(file);
                Context context = model.newContext();
                Generation generation = context.generate("The capital of France is")) {
            piece = generation.iterator().next();
        }
        Files.writeString(
                Path.of(args[1]), LoadProcess.load() + "required " + required(file) + "\npiece " + piece + '\n');
    }

    /** In one line. */
    private static String required(Path file) {
        try (Model _ = Model.load(file, ModelOptions.builder().requireGpu().build())) {
            return "";
        } catch (GpuRequiredException e) {
            return e.getMessage().replace('\n', ' ');
        }
    }
}
