package io.github.llamaffm.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.Context;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.StateException;
import io.github.llamaffm.modeljar.ModelJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes to a folder that takes less than that: an error that says what could not be written and where, what was there before
 * stays, and nothing half written does. Arguments: the folder of {@link World#writeFiles}, the folder that is soon full, the name
 * of a compressed resource.
 */
public final class FullDisk {

    private static final String FULL = "(?s).*(No space left|File too large|too large).*";

    private FullDisk() {}

    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[0]).resolve("tiny.gguf");
        Path full = Path.of(arguments[1]);
        saveStates(model, full);
        packModel(model, full);
        extractModel(arguments[2], full);
    }

    private static void saveStates(Path file, Path full) throws IOException {
        try (Model model = Model.load(file);
                Context context = model.newContext(World.smallContext().contextSize(512).build());
                Sequence sequence = context.newSequence()) {
            Path one = full.resolve("sequence.state");
            Path all = full.resolve("context.state");
            sequence.append(1, 2, 3);
            sequence.save(one);
            context.saveState(all);
            byte[] oneBefore = Files.readAllBytes(one);
            byte[] allBefore = Files.readAllBytes(all);
            sequence.append(IntStream.range(0, 480).map(i -> i % 200).toArray());

            assertThatThrownBy(() -> sequence.save(one)).isInstanceOf(StateException.class)
                    .hasMessageMatching("cannot write \\d+ bytes to .*sequence\\.state: .*").hasMessageMatching(FULL);
            assertThatThrownBy(() -> context.saveState(all)).isInstanceOf(StateException.class)
                    .hasMessageMatching("cannot write \\d+ bytes to .*context\\.state: .*").hasMessageMatching(FULL);

            assertThat(one).hasBinaryContent(oneBefore);
            assertThat(all).hasBinaryContent(allBefore);
            assertThat(names(full)).containsExactly("context.state", "sequence.state");
            sequence.append(4);
            assertThat(sequence.length()).isEqualTo(484);
            sequence.restore(one);
            assertThat(sequence.tokens()).containsExactly(1, 2, 3);
        }
    }

    private static void packModel(Path model, Path full) throws IOException {
        Path jar = full.resolve("model.jar");
        Files.writeString(jar, "an older one");

        assertThatThrownBy(() -> ModelJar.of(model).writeTo(jar)).isInstanceOf(IOException.class).hasMessageMatching(FULL)
                .hasMessageContaining(jar.toString());

        assertThat(jar).hasContent("an older one");
        assertThat(names(full)).containsExactly("context.state", "model.jar", "sequence.state");
    }

    /** To the cache, which is the full folder. */
    private static void extractModel(String resource, Path full) throws IOException {
        assertThatThrownBy(() -> Model.load(ModelSource.resource(resource))).isInstanceOf(ModelLoadException.class)
                .hasMessageMatching(FULL).hasMessageContaining(resource).hasMessageContaining(full.toString());

        try (Stream<Path> files = Files.walk(full)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".gguf") || name.contains(".extracting-"));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
