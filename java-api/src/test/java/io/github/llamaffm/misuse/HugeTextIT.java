package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some vocabularies recurse once per character: 4,000 equal letters are enough to end a process that lets them. */
class HugeTextIT {

    static Stream<String> vocabularies() {
        return TestFiles.vocabularies().stream().map(file -> file.getFileName().toString());
    }

    @Test
    void allOfThem() {
        assertThat(vocabularies()).hasSize(19);
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void oneCharacter(String name) {
        Path vocabulary = TestFiles.sources().resolve("models").resolve(name);
        ChildJvm.of(HugeTexts.class).arguments(vocabulary).run().assertSilent();
    }
}
