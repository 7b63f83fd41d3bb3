package io.github.llamaffm.misuse;

import io.github.llamaffm.support.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything of {@link MisuseGroup#all()}, in two JVMs at a time. */
class MisuseIT {

    /** Many times of what they need. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private record Part(List<String> titles, Path folder, ChildJvm.Running child) {

        static Part start(Path folder, Stream<MisuseGroup> groups) throws IOException {
            Files.createDirectory(folder);
            List<String> titles = groups.map(MisuseGroup::title).toList();
            List<Object> arguments = new ArrayList<>(List.of(folder));
            arguments.addAll(titles);
            return new Part(titles, folder, ChildJvm.of(MisuseProgram.class).options("-Xmx1g").arguments(arguments.toArray()).limit(LIMIT).start());
        }

        void end() throws IOException {
            try {
                child.waitFor().assertSilent();
            } catch (AssertionError e) {
                Path current = folder.resolve("current");
                throw new AssertionError("it was at: " + (Files.exists(current) ? Files.readString(current) : "nothing yet"), e);
            }
        }

        Stream<Path> results() throws IOException {
            return Files.list(folder);
        }
    }

    @Test
    void endsInTheExceptionOfThePage(@TempDir Path folder) throws IOException {
        Part texts = Part.start(folder.resolve("texts"), Stream.of(new HugeTextMisuse()));
        Part others = Part.start(folder.resolve("others"), MisuseGroup.all().stream().filter(group -> !(group instanceof HugeTextMisuse)));
        others.end();
        texts.end();

        try (Stream<Path> first = texts.results(); Stream<Path> second = others.results()) {
            MisusePage.compareOrUpdate(Stream.concat(first, second).toList());
        }
    }
}
