package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.LlamaServer;
import io.github.llamaffm.testkit.TinyControlVector;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Greedy text with adapters is that of upstream's {@code --lora} and {@code --control-vector}, token for token. */
class AdapterConformanceIT {
    private static final TinyModel TINY = TinyModel.llama().layers(3);
    private static final int TOKENS = 48;
    private static final String PROMPT = "Once upon a time there was";

    @TempDir
    private static Path folder;

    private static Path modelFile;
    private static Path loraFile;
    private static Path vectorFile;
    private static Model model;
    private static LoraAdapter lora;
    private static ControlVector vector;

    @BeforeAll
    static void open() {
        modelFile = TINY.writeTo(folder.resolve("model.gguf"));
        loraFile = TinyLora.of(TINY).writeTo(folder.resolve("lora.gguf"));
        vectorFile = TinyControlVector.of(TINY).writeTo(folder.resolve("vector.gguf"));
        model = Model.load(modelFile);
        lora = model.loadAdapter(loraFile);
        vector = ControlVector.load(vectorFile, model);
    }

    @AfterAll
    static void close() {
        lora.close();
        model.close();
    }

    @Test
    void aLora() {
        assertSame(Adapters.of(lora, 1), "--lora", loraFile.toString());
    }

    @Test
    void aControlVector() {
        assertSame(Adapters.of(vector, 1), "--control-vector", vectorFile.toString());
    }

    @Test
    void bothScaled() {
        assertSame(Adapters.of(lora, 0.5f).and(vector, -0.7f),
                "--lora-scaled", loraFile + ":0.5", "--control-vector-scaled", vectorFile + ":-0.7");
    }

    private static void assertSame(Adapters adapters, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--ctx-size", "256", "--batch-size", "2048", "--ubatch-size", "512",
                "--parallel", "1", "--threads", "1", "--threads-batch", "1"));
        all.addAll(List.of(arguments));
        List<Integer> expected;
        try (LlamaServer server = LlamaServer.start(modelFile, all.toArray(String[]::new))) {
            expected = server.complete(Map.of("prompt", PROMPT, "temperature", 0, "n_predict", TOKENS)).tokens();
        }
        int[] actual = generate(adapters);

        assertThat(actual).containsExactly(expected.toArray(Integer[]::new)).isNotEqualTo(generate(Adapters.none()));
    }

    private static int[] generate(Adapters adapters) {
        try (Context context = model.newContext(
                        ContextOptions.builder().contextSize(256).threads(1).adapters(adapters).build());
                Generation generation = context.generate(PROMPT,
                        GenerateOptions.builder().maxTokens(TOKENS).sampler(SamplerOptions.greedy()).build())) {
            return generation.result().tokens();
        }
    }
}
