package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of defaults leaves no option out. */
class DefaultsTest {

    @ParameterizedTest
    @ValueSource(classes = {ModelOptions.class, ContextOptions.class, GenerateOptions.class})
    void areDocumented(Class<?> options) throws IOException {
        String page = Files.readString(Path.of("../docs/defaults.md"));
        String section = page.substring(page.indexOf("(`" + options.getSimpleName() + "`)"));

        for (RecordComponent option : options.getRecordComponents()) {
            assertThat(section).contains("`" + option.getName() + "`");
        }
    }
}
