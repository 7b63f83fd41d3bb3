package io.github.llamaffm.support.misuse;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Does all that is in some groups. After each row a model must say what it said before. */
final class MisuseProgram {

    private MisuseProgram() {}

    /** @param arguments an empty folder, then classes of groups */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        List<AssertionError> failures = new ArrayList<>();
        try (Scene scene = new Scene(Files.createDirectory(folder.resolve("files")))) {
            for (String type : List.of(arguments).subList(1, arguments.length)) {
                Constructor<?> constructor = Class.forName(type).getDeclaredConstructor();
                // No module of its own opens a group to this one.
                constructor.setAccessible(true);
                MisuseGroup group = (MisuseGroup) constructor.newInstance();
                Files.write(folder.resolve(fileName(group)), lines(group, scene, folder.resolve("current"), failures));
            }
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError(failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
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
