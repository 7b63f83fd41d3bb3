package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some vocabularies recurse once per character: 4,000 equal letters are enough to end a process that lets them. */
class HugeTextIT {

    private static Map<String, Future<ChildJvm.Result>> results;

    static List<String> vocabularies() {
        return TestFiles.vocabularies().stream().map(file -> file.getFileName().toString()).toList();
    }

    @BeforeAll
    static void start() {
        try (var twoAtATime = Executors.newFixedThreadPool(2)) {
            results = vocabularies().stream().collect(Collectors.toMap(name -> name, name -> twoAtATime.submit(() ->
                    ChildJvm.of(HugeTexts.class).arguments(TestFiles.sources().resolve("models").resolve(name)).run())));
        }
    }

    @Test
    void allOfThem() {
        assertThat(vocabularies()).hasSize(19);
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void oneCharacter(String name) throws Exception {
        results.get(name).get().assertSilent();
    }
}
