package io.github.llamaffm.model;

import io.github.llamaffm.LoadMode;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints how many KiB of a model's file are mapped, and how many of them are locked. Arguments: a model, a load mode. */
final class MappedModel {
    private MappedModel() {
    }

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        long mapped = 0;
        long locked = 0;
        try (Model model = Model.load(file, ModelOptions.builder().loadMode(LoadMode.valueOf(arguments[1])).build())) {
            boolean ofFile = false;
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
                if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                    ofFile = line.endsWith(file.toString());
                } else if (ofFile && line.startsWith("Size:")) {
                    mapped += number(line);
                } else if (ofFile && line.startsWith("Locked:")) {
                    locked += number(line);
                }
            }
        }
        System.out.println("mapped " + mapped + ", locked " + locked);
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
