package io.github.llamaffm.misuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Does all that is in some groups. After each row a model must say what it said before. */
final class MisuseProgram {

    private MisuseProgram() {}

    /** @param arguments an empty folder, then titles of groups */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<String> titles = List.of(arguments).subList(1, arguments.length);
        List<AssertionError> failures = new ArrayList<>();
        try (Scene scene = new Scene(Files.createDirectory(folder.resolve("files")))) {
            for (MisuseGroup group : MisuseGroup.all()) {
                if (titles.contains(group.title())) {
                    Files.write(folder.resolve(fileName(group)), lines(group, scene, folder.resolve("current"), failures));
                }
            }
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError(failures.size() + " rows are not as expected");
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }

    static String fileName(MisuseGroup group) {
        return group.title().replaceAll("\\W+", "-") + ".txt";
    }

    private static List<String> lines(
            MisuseGroup group, Scene scene, Path current, List<AssertionError> failures) throws IOException {
        List<String> lines = new ArrayList<>();
        for (MisuseRow row : group.rows()) {
            // Whoever finds this process dead, or waits for it too long, reads here what it was at.
            Files.writeString(current, group.title() + ": " + row.misuse());
            try {
                String result = row.perform(scene);
                scene.requireUnharmed(row.misuse());
                lines.add("| %s | %s | %s |".formatted(row.misuse(), row.alone(), result));
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
        return lines;
    }
}
