package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.StateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Saves a state that is larger than a file may be here: what was saved before stays, and nothing half written does. Arguments: a
 * model, an empty folder.
 */
public final class SaveToFullDisk {

    private SaveToFullDisk() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]).resolve("sequence.state");
        try (Model model = Model.load(Path.of(arguments[0]));
                Context context = model.newContext(ContextOptions.builder().contextSize(1024).threads(1).build());
                Sequence sequence = context.newSequence()) {
            sequence.append(1, 2, 3);
            sequence.save(file);
            byte[] before = Files.readAllBytes(file);
            sequence.append(IntStream.range(0, 900).map(i -> 5).toArray());

            assertThatExceptionOfType(StateException.class).isThrownBy(() -> sequence.save(file))
                    .withMessageMatching("cannot write \\d+ bytes to .*sequence\\.state: .*(large|space).*");

            assertThat(file).hasBinaryContent(before);
            try (Stream<Path> files = Files.list(file.getParent())) {
                assertThat(files).containsExactly(file);
            }
            sequence.append(6);
            sequence.restore(file);
            assertThat(sequence.tokens()).containsExactly(1, 2, 3);
        }
    }
}
