package io.github.llamaffm.lifecycle;

import io.github.llamaffm.Model;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Cuts the file of a model that is mapped, and computes with it. Argument: a model that may be cut. */
final class CutModelProgram {
    private CutModelProgram() {
    }

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        Model model = Model.load(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(1 << 20);
        }
        model.newContext().generate("Hello").result();
    }
}
