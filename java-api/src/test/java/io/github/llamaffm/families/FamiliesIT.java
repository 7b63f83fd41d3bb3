package io.github.llamaffm.families;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.MemoryKind;
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
import java.util.stream.Stream;
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
    /** Longer than a sliding window of 32. */
    private static final int PROMPT = 40;
    private static final int STEPS = 4;
    private static final long SEED = 42;

    /** Diffusion models and encoders take no smaller ones. */
    private static final RefServer.Settings ONE_BATCH = new RefServer.Settings(1, 256, 64, 64);

    /** How many rows are computed at once may change bits, so that both have to do the same. */
    private static final RefServer.Settings SMALL_BATCHES = new RefServer.Settings(1, 256, 64, 16);

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
            new Family("Gemma 4", TinyModel.gemma4(), "gemma-4"),
            new Family("Qwen 2", TinyModel.qwen2(), "qwen2"),
            new Family("Qwen 3", TinyModel.qwen3(), "qwen2"),
            new Family("Yi", TinyModel.yi(), "llama-spm"));

    private static final List<String> OTHER_VOCABULARIES = List.of("aquila", "baichuan", "command-r", "deepseek-coder", "deepseek-llm",
            "gpt-2", "gpt-neox", "mpt", "qwen35", "refact", "starcoder");

    @BeforeAll
    static void computeEverything() throws IOException {
        ref = RefServer.start();
        try {
            for (Family family : FAMILIES) {
                computeFamily(family);
            }
            for (String vocabulary : OTHER_VOCABULARIES) {
                computeVocabulary(vocabulary);
            }
            computeEncoders();
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
                .containsEntry(Group.VOCABULARY, (long) OTHER_VOCABULARIES.size())
                .containsEntry(Group.ENCODER, 6L)
                .containsEntry(Group.ARCHITECTURE, 127L);
    }

    @Test
    void thePageShowsThem() throws IOException {
        new ModelsPage(RESULTS).compareOrUpdate();
    }

    private static void computeFamily(Family family) throws IOException {
        compute(Group.FAMILY, withVocabulary(family.model(), family.vocabulary()), new Text(SMALL_BATCHES),
                family.name(), code(family.model().architecture()), code(family.vocabulary()));
    }

    private static void computeVocabulary(String vocabulary) throws IOException {
        compute(Group.VOCABULARY, withVocabulary(TinyModel.llama().embeddingSize(32).heads(1, 1), vocabulary), new Text(SMALL_BATCHES), code(vocabulary), code("llama"));
    }

    private static void computeEncoders() throws IOException {
        compute(Group.ENCODER, TinyModel.t5().writeTo(folder.resolve("model.gguf")), new Text(ONE_BATCH),
                "T5", code("t5"), "made from English", "logits of the decoder");
        // A unigram vocabulary too, of 250,002 tokens.
        compute(Group.ENCODER, withVocabulary(TinyModel.t5(), "nomic-bert-moe"), new Text(ONE_BATCH),
                "T5", code("t5"), code("nomic-bert-moe"), "logits of the decoder");
        compute(Group.ENCODER, TinyModel.bert().writeTo(folder.resolve("model.gguf")), new Texts(),
                "BERT", code("bert"), "made from English", "mean of each text");
        compute(Group.ENCODER, withVocabulary(TinyModel.bert(), "bert-bge"), new Texts(),
                "BERT", code("bert"), code("bert-bge"), "mean of each text");
        compute(Group.ENCODER, TinyModel.reranker().writeTo(folder.resolve("model.gguf")), new Texts(),
                "BERT with a rank head", code("bert"), "made from English", "score of each text");
        compute(Group.ENCODER, withVocabulary(TinyModel.qwen3Reranker(), "qwen2"), new Texts(),
                "Qwen 3 with a rank head", code("qwen3"), code("qwen2"), "yes and no of each text");
    }

    private static void computeArchitectures(String names) throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        for (Path file : RandomModels.make(names, models)) {
            String name = file.getFileName().toString().replace(".gguf", "");
            compute(Group.ARCHITECTURE, file, new Noise(), code(name.substring(0, name.lastIndexOf('-'))),
                    name.endsWith("-moe") ? "experts" : "dense");
        }
        Files.delete(models);
    }

    private static Path withVocabulary(TinyModel model, String vocabulary) {
        Path file = TestFiles.sources().resolve("models/ggml-vocab-" + vocabulary + ".gguf");
        return model.weightType(WeightType.F16).vocabulary(Vocabulary.from(file)).writeTo(folder.resolve("model.gguf"));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    /** What a model is given, and what is asked of it. */
    private sealed interface Input {
        Computation ours(Model model);

        float[][] expected(Path file, Model model, int steps);
    }

    /** A text goes in, logits come out. */
    private record Text(RefServer.Settings settings) implements Input {
        @Override
        public Computation ours(Model model) {
            return logits(model, settings, tokens(model));
        }

        @Override
        public float[][] expected(Path file, Model model, int steps) {
            return expectedLogits(file, model, settings, steps, tokens(model));
        }

        private static int[] tokens(Model model) {
            return model.tokenizer().encode(TEXT, true, true);
        }
    }

    /** Random tokens go in, for a vocabulary that encodes no text. */
    private record Noise() implements Input {
        @Override
        public Computation ours(Model model) {
            return logits(model, ONE_BATCH, tokens(model));
        }

        @Override
        public float[][] expected(Path file, Model model, int steps) {
            return expectedLogits(file, model, ONE_BATCH, steps, tokens(model));
        }

        private static int[] tokens(Model model) {
            return new Random(SEED).ints(PROMPT, 0, model.tokenizer().size()).toArray();
        }
    }

    /** Two texts go in at once, an embedding of each comes out. */
    private record Texts() implements Input {
        private static final RefServer.Settings SETTINGS = new RefServer.Settings(1, 256, 128, 128);

        @Override
        public Computation ours(Model model) {
            return Computation.embed(model, SETTINGS, tokens(model));
        }

        @Override
        public float[][] expected(Path file, Model model, int steps) {
            return ref.embed(file, SETTINGS, tokens(model));
        }

        private static int[][] tokens(Model model) {
            return Stream.of(TEXT, "A shorter text.").map(text -> model.tokenizer().encode(text, true, true)).toArray(int[][]::new);
        }
    }

    private static Computation logits(Model model, RefServer.Settings settings, int... tokens) {
        return model.info().hasEncoder()
                ? Computation.encode(model, settings, STEPS, tokens)
                : Computation.decode(model, settings, STEPS, tokens);
    }

    private static float[][] expectedLogits(Path file, Model model, RefServer.Settings settings, int steps, int... tokens) {
        return model.info().hasEncoder() ? ref.encode(file, settings, steps, tokens) : ref.decode(file, settings, steps, tokens);
    }

    private static void compute(Group group, Path file, Input input, String... columns) throws IOException {
        boolean loads = false;
        Optional<MemoryKind> memory = Optional.empty();
        int rows = 0;
        Optional<String> failure;
        try (Model model = Model.load(file)) {
            loads = true;
            Computation actual = input.ours(model);
            memory = Optional.of(actual.memory());
            rows = actual.rows().length;
            failure = FamilyResult.difference(input.expected(file, model, actual.steps()), actual.rows());
        } catch (RuntimeException | AssertionError e) {
            failure = Optional.of(e.toString());
        }
        Files.delete(file);
        RESULTS.add(new FamilyResult(group, List.of(columns), loads, memory, rows, failure));
    }
}
