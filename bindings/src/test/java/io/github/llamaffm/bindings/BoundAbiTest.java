package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The jar tells for which ABI it was made. */
class BoundAbiTest {
    @Test
    void idIsThatOfTheLock() {
        assertThat(BoundAbi.id()).isEqualTo(new BindingsLock(BindingsLock.repository()).abiId()).matches("[0-9a-f]{12}");
    }

    @Test
    void tableIsThatOfTheGeneratedClasses() throws Exception {
        String generated = new GeneratedLayouts(BindingsLock.repository()).table();
        assertThat(BoundAbi.table().differences(AbiTable.parse(generated))).isEmpty();
        assertThat(BoundAbi.table().size()).isEqualTo(generated.lines().count());
    }

    @Test
    void symbolsAreThoseOfTheAllowLists() throws Exception {
        var folder = BindingsLock.repository().resolve("bindings/src/generated");
        String allowed = Files.readString(folder.resolve("includes.txt")) + Files.readString(folder.resolve("includes-derived.txt"));
        String option = "--include-function ";
        assertThat(BoundAbi.symbols()).contains("llama_decode", "lf_decode").containsExactlyElementsOf(allowed.lines()
                .filter(line -> line.startsWith(option))
                .map(line -> line.substring(option.length()))
                .sorted()
                .toList());
    }
}
