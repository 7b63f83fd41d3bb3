package io.github.llamaffm.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.RuntimeReport;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.RawLogits;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.support.Vectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Tokens and logits are those that {@code ref} of the host's compiler computed ({@code ci/reference}). Here that is the same library;
 * {@code ci/natives --test} runs this with libraries of other compilers, processors and systems.
 */
class ReferenceIT {

    /** Compilers add up in another order; kernels of another processor also round activations in another way. */
    private static final double COSINE = System.getProperty("os.arch").equals("amd64") ? 0.9999 : 0.998;

    @Test
    void tokensAndLogitsAreThoseOfTheHostsCompiler(TestReporter reporter) throws IOException {
        RuntimeReport report = LlamaRuntime.instance().report();
        reporter.publishEntry("core", report.core().toString());
        reporter.publishEntry("module", report.cpuModule().orElseThrow().getFileName().toString());
        Path reference = TestFiles.reference();
        String prompt = Files.readString(reference.resolve("prompt"));
        int[] tokens = Files.readAllLines(reference.resolve("tokens")).stream().mapToInt(Integer::parseInt).toArray();
        float[] logits = floats(Files.readAllBytes(reference.resolve("logits")));
        assertThat(tokens).hasSize(20);

        try (Model model = Model.load(TestFiles.model())) {
            float[] actual = RawLogits.of(model, model.tokenizer().encode(prompt, true, true));
            assertThat(actual).hasSameSizeAs(logits);
            double cosine = Vectors.cosine(actual, logits);
            reporter.publishEntry("cosine", Double.toString(cosine));
            assertThat(cosine).isGreaterThan(COSINE);
            try (Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                    Generation generation = context.generate(prompt,
                            GenerateOptions.builder().maxTokens(tokens.length).sampler(SamplerOptions.greedy()).build())) {
                assertThat(generation.result().tokens()).as("logits with cosine %.7f", cosine).containsExactly(tokens);
            }
        }
    }

    private static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
