package io.github.llamaffm.families;

import io.github.llamaffm.families.FamilyResult.Group;
import io.github.llamaffm.support.DocsPage;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** docs/models.md: what became of every model, and which architectures were not tried. */
final class ModelsPage {

    private static final Pattern ARCHITECTURE = Pattern.compile("\\{ LLM_ARCH_\\w+, +\"([^\"]+)\" +\\}");
    private static final Set<String> NO_MODELS = Set.of("(unknown)", "clip");

    private final List<FamilyResult> results;

    ModelsPage(List<FamilyResult> results) {
        this.results = results;
    }

    /** @throws AssertionError if the page is not what was found */
    void compareOrUpdate() {
        DocsPage.compareOrUpdate("models.md", text());
    }

    private String text() {
        return """
                # Model families

                This page is written by a test, [FamiliesIT](../java-api/src/test/java/io/github/llamaffm/families/FamiliesIT.java),
                which fails when it finds something else; `-Dllamaffm.update.docs=true` writes it anew. Every model has random weights.
                It is loaded through the public API, its tokens are decoded in one batch and then some more one by one, and every float
                that comes out is compared with what llama.cpp's C API computes on the same library with the same settings
                (`native/ref`): equal means the same bits.

                Memory: *attention* keeps a row per token, *sliding window* forgets some of them, *recurrent* keeps a state of
                fixed size per sequence, *hybrid* has both, *none* keeps nothing between two batches.

                ## Families, with their own vocabularies

                The vocabularies are those that llama.cpp keeps for its tests. It has none of Mistral, Mixtral and Yi, which get that
                of Llama 2, of the same kind; of Gemma it has the one of Gemma 4, and of Qwen that of Qwen 2, which Qwen 3 has too.

                | Family | Architecture | Vocabulary | Loads | Decodes | Bits equal | Memory |
                |---|---|---|---|---|---|---|
                %s

                ## Other vocabularies

                The other vocabularies that llama.cpp keeps, in models of a common shape.

                | Vocabulary | Architecture | Loads | Decodes | Bits equal | Memory |
                |---|---|---|---|---|---|
                %s

                ## Encoders

                | Model | Architecture | Vocabulary | Compared | Loads | Computes | Bits equal | Memory |
                |---|---|---|---|---|---|---|---|
                %s

                ## Architectures

                Every model that llama.cpp's own `test-llama-archs` makes.

                | Architecture | Feed-forward | Loads | Decodes | Bits equal | Memory |
                |---|---|---|---|---|---|
                %s

                ## Not tried

                Architectures of which neither `test-llama-archs` nor our testkit makes a model. They are in the same library, and
                load if llama.cpp loads them: %s.
                """.formatted(lines(Group.FAMILY), lines(Group.VOCABULARY), lines(Group.ENCODER), lines(Group.ARCHITECTURE),
                untried().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", ")));
    }

    private String lines(Group group) {
        return results.stream().filter(result -> result.group() == group).map(FamilyResult::line).collect(Collectors.joining("\n"));
    }

    private Set<String> untried() {
        try {
            Set<String> names = ARCHITECTURE.matcher(Files.readString(TestFiles.sources().resolve("src/llama-arch.cpp"))).results()
                    .map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
            names.removeAll(NO_MODELS);
            for (FamilyResult result : results) {
                result.columns().forEach(column -> names.remove(column.replace("`", "")));
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
