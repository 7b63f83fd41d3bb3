package io.github.llamaffm.support.misuse;

import io.github.llamaffm.support.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Some groups in a JVM of their own. */
public final class MisuseRun {

    /** Many times of what they need. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final List<MisuseGroup> groups;
    private final Path folder;
    private final ChildJvm.Running child;

    private MisuseRun(List<MisuseGroup> groups, Path folder, ChildJvm.Running child) {
        this.groups = groups;
        this.folder = folder;
        this.child = child;
    }

    /** @param folder one that is not there yet */
    public static MisuseRun start(Path folder, List<MisuseGroup> groups) throws IOException {
        Files.createDirectory(folder);
        List<Object> arguments = new ArrayList<>(List.of(folder));
        groups.forEach(group -> arguments.add(group.getClass().getName()));
        return new MisuseRun(groups, folder,
                ChildJvm.of(MisuseProgram.class).options("-Xmx1g").arguments(arguments.toArray()).limit(LIMIT).start());
    }

    /**
     * Waits for the end.
     *
     * @return what each group came to, in their order
     * @throws AssertionError if the JVM did not end with exit code 0 and silence
     */
    public List<Table> end() throws IOException {
        try {
            child.waitFor().assertSilent();
        } catch (AssertionError e) {
            Path current = folder.resolve("current");
            throw new AssertionError("the last row was: " + (Files.exists(current) ? Files.readString(current) : "none yet") + "; " + e.getMessage(), e);
        }
        List<Table> tables = new ArrayList<>();
        for (MisuseGroup group : groups) {
            tables.add(new Table(group.title(), Files.readAllLines(folder.resolve(MisuseProgram.fileName(group)))));
        }
        return tables;
    }

    /** What a group came to: a line for each row. */
    public record Table(String title, List<String> lines) {

        /** As the page has it. */
        public String text() {
            return "\n## " + title + "\n\n| What is done | llama.cpp alone | Here | Text |\n|---|---|---|---|\n"
                    + String.join("\n", lines) + "\n";
        }
    }
}
