package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.GpuRequiredException;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import java.nio.file.Path;
import java.util.Arrays;

/** Requires a GPU that cannot be used, then does without. Arguments: a model, and what the reason must say. */
final class RequiredGpu {

    private RequiredGpu() {}

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        assertThatExceptionOfType(GpuRequiredException.class)
                .isThrownBy(() -> Model.load(file, ModelOptions.builder().requireGpu().build()).close())
                .withMessageContainingAll(Arrays.copyOfRange(arguments, 1, arguments.length));
        Model.load(file).close();
    }
}
