package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The checked-in tables tell what the generated classes assume. */
class GeneratedLayoutsTest {
    private final Path root = BindingsLock.repository();
    private final GeneratedLayouts layouts;

    GeneratedLayoutsTest() throws Exception {
        layouts = new GeneratedLayouts(root);
    }

    @Test
    void layoutTable() throws Exception {
        assertThat(layouts.table()).isEqualTo(Files.readString(root.resolve(GeneratedLayouts.TABLE)));
    }

    @Test
    void layoutTableForTheCompiler() throws Exception {
        assertThat(layouts.tableForC()).isEqualTo(Files.readString(root.resolve(GeneratedLayouts.TABLE_FOR_C)));
    }

    @Test
    void boundFunctions() throws Exception {
        assertThat(layouts.symbols()).isEqualTo(Files.readString(root.resolve(GeneratedLayouts.SYMBOLS)));
    }
}
