package io.github.llamaffm.model;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.SamplerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Generates a few tokens and prints them, with the bytes of memory that map a model file and those that map none. Arguments:
 * a file, or the word resource; the name of the resource.
 */
final class JarModel {
    private JarModel() {
    }

    public static void main(String[] arguments) throws IOException {
        ModelSource source = arguments[0].equals("resource")
                ? ModelSource.resource(arguments[1])
                : ModelSource.path(Path.of(arguments[0]));
        try (Model model = Model.load(source);
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Generation generation = context.generate("The capital of France is",
                        GenerateOptions.builder().maxTokens(8).sampler(SamplerOptions.greedy()).build())) {
            System.out.println("tokens=" + Arrays.toString(generation.result().tokens()));
            printMemory();
        }
    }

    private static void printMemory() throws IOException {
        long file = 0;
        long anonymous = 0;
        boolean model = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                model = line.endsWith(".gguf") || line.endsWith(".jar");
            } else if (model && line.startsWith("Rss:")) {
                file += bytes(line);
            } else if (line.startsWith("Anonymous:")) {
                anonymous += bytes(line);
            }
        }
        System.out.println("file=" + file);
        System.out.println("anonymous=" + anonymous);
    }

    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
}
