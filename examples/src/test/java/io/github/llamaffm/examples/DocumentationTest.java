package io.github.llamaffm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation shows is source that is compiled and run here, whole. */
class DocumentationTest {

    private static final Pattern JAVA = Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /** The list of signatures is no program. */
    private static final String SIGNATURES = "api.md";

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("../README.md")));
        try (Stream<Path> files = Files.list(Path.of("../docs"))) {
            files.filter(file -> file.toString().endsWith(".md") && !file.endsWith(SIGNATURES)).sorted().forEach(pages::add);
        }
        return pages;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void showsWholeExamples(Path page) throws IOException {
        List<String> examples = new ArrayList<>();
        for (String program : Sources.programs()) {
            examples.add(Sources.text(program));
        }

        assertThat(javaIn(page)).isSubsetOf(examples);
    }

    @Test
    void everyExampleIsShown() throws IOException {
        List<String> shown = new ArrayList<>();
        for (Path page : pages()) {
            shown.addAll(javaIn(page));
        }
        for (String program : Sources.programs()) {
            assertThat(shown).as(program).contains(Sources.text(program));
        }
    }

    @Test
    void theReadmeShowsTheQuickstartInTenLines() throws IOException {
        assertThat(javaIn(Path.of("../README.md"))).containsExactly(Sources.text("Quickstart"));
        assertThat(Sources.text("Quickstart").lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(10);
    }

    /** A block without imports is a fragment, of a program that cannot use this library itself. */
    private static List<String> javaIn(Path page) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = JAVA.matcher(Files.readString(page));
        while (matcher.find()) {
            if (matcher.group(1).startsWith("import ")) {
                blocks.add(matcher.group(1));
            }
        }
        return blocks;
    }
}
