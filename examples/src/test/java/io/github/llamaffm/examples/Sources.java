package io.github.llamaffm.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The examples of this module: one program per file. */
final class Sources {

    private static final Path FOLDER = Path.of("src/main/java");

    private Sources() {}

    /** Their names, sorted. */
    static List<String> programs() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString().replace(".java", "")).sorted().toList();
        }
    }

    static String text(String program) throws IOException {
        return Files.readString(FOLDER.resolve(program + ".java"));
    }
}
