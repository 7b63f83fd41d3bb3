package io.github.llamaffm.families;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.families.FamilyResult.Group;
import io.github.llamaffm.support.RandomModels;
import io.github.llamaffm.support.RefServer;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import io.github.llamaffm.testkit.Vocabulary;
import io.github.llamaffm.testkit.WeightType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models of every family compute through our API what llama.cpp's C API computes on the same library ({@code ref}), bit for bit, with
 * equal settings. docs/models.md is what came out.
 */
class FamiliesIT {
    /** Longer than a sliding window of 32, and more than two ubatches. */
    private static final int PROMPT = 40;
    private static final int STEPS = 4;
    private static final int UBATCH = 16;
    private static final long SEED = 42;

    private static final String TEXT = "The river begins in the mountains, where 3 brothers built a mill; \"Größe\" they called it, or 大. ";

    private static final List<FamilyResult> RESULTS = new ArrayList<>();

    @TempDir
    private static Path folder;
    private static RefServer ref;

    private record Family(String name, TinyModel model, String vocabulary) {
    }

    private static final List<Family> FAMILIES = List.of(
            new Family("Llama 2", TinyModel.llama(), "llama-spm"),
            new Family("Llama 3", TinyModel.llama3(), "llama-bpe"),
            new Family("Mistral", TinyModel.mistral(), "llama-spm"),
            new Family("Mixtral", TinyModel.mixtral(), "llama-spm"),
            new Family("Falcon", TinyModel.falcon(), "falcon"),
            new Family("Phi 3", TinyModel.phi3(), "phi-3"),
            new Family("Gemma", TinyModel.gemma(), "gemma-4"),
            new Family("Gemma 2", TinyModel.gemma2(), "gemma-4"),
            new Family("Gemma 3", TinyModel.gemma3(), "gemma-4"),
            new Family("Qwen 2", TinyModel.qwen2(), "qwen2"),
            new Family("Qwen 3", TinyModel.qwen3(), "qwen2"),
            new Family("Yi", TinyModel.yi(), "llama-spm"));

    @BeforeAll
    static void computeEverything() throws IOException {
        ref = RefServer.start();
        try {
            for (Family family : FAMILIES) {
                computeFamily(family);
            }
            for (char letter = 'a'; letter <= 'z'; letter++) {
                computeArchitectures("^" + letter);
            }
        } finally {
            ref.close();
        }
    }

    static List<FamilyResult> results() {
        return RESULTS;
    }

    @ParameterizedTest
    @MethodSource("results")
    void isBitForBitWhatLlamaCppComputes(FamilyResult result) {
        assertThat(result.failure()).isEmpty();
    }

    @Test
    void allOfThem() {
        assertThat(RESULTS.stream().collect(Collectors.groupingBy(FamilyResult::group, Collectors.counting())))
                .containsEntry(Group.FAMILY, (long) FAMILIES.size())
                .containsEntry(Group.ARCHITECTURE, 127L);
    }

    private static void computeFamily(Family family) throws IOException {
        Path file = family.model().weightType(WeightType.F16).vocabulary(Vocabulary.from(vocabulary(family.vocabulary())))
                .writeTo(folder.resolve("family.gguf"));
        // Two threads share the rows of a matrix: that changes no bit. How attention is shared may.
        var settings = new RefServer.Settings(2, 256, PROMPT, UBATCH);
        compute(Group.FAMILY, file, model -> model.tokenizer().encode(TEXT, true, true), settings,
                family.name(), "`" + family.model().architecture() + "`", "`" + family.vocabulary() + "`");
        Files.delete(file);
    }

    private static void computeArchitectures(String names) throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        for (Path file : RandomModels.make(names, models)) {
            String name = file.getFileName().toString().replace(".gguf", "");
            String architecture = name.substring(0, name.lastIndexOf('-'));
            int[] tokens = new Random(SEED).ints(PROMPT, 0, 128).toArray();
            var settings = new RefServer.Settings(1, 256, PROMPT, PROMPT);
            compute(Group.ARCHITECTURE, file, _ -> tokens, settings, "`" + architecture + "`", name.endsWith("-moe") ? "experts" : "dense");
            Files.delete(file);
        }
        Files.delete(models);
    }

    private interface Tokens {
        int[] of(Model model);
    }

    private static void compute(Group group, Path file, Tokens tokens, RefServer.Settings settings, String... columns) {
        String memory = "";
        int rows = 0;
        Optional<String> failure;
        try (Model model = Model.load(file)) {
            memory = "?";
            int[] prompt = tokens.of(model);
            boolean encodes = model.info().hasEncoder() && model.info().hasDecoder();
            var computation = new Computation(model, settings, STEPS);
            float[][] actual = encodes ? computation.encode(prompt) : computation.decode(prompt);
            rows = actual.length;
            float[][] expected = encodes ? ref.encode(file, settings, STEPS, prompt) : ref.decode(file, settings, STEPS, prompt);
            failure = FamilyResult.difference(expected, actual);
        } catch (RuntimeException | AssertionError e) {
            failure = Optional.of(e.toString());
        }
        RESULTS.add(new FamilyResult(group, columns, memory, rows, failure));
    }

    private static Path vocabulary(String name) {
        return TestFiles.sources().resolve("models/ggml-vocab-" + name + ".gguf");
    }
}
