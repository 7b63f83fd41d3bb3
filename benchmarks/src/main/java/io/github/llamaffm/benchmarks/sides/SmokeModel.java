package io.github.llamaffm.benchmarks.sides;

import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;

/** Writes the model that shows in seconds whether everything runs. */
public final class SmokeModel {

    private SmokeModel() {}

    /** {@code FILE}. */
    public static void main(String[] args) {
        writeTo(Path.of(args[0]));
    }

    static Path writeTo(Path file) {
        return TinyModel.llama().contextSize(2048).writeTo(file);
    }
}
