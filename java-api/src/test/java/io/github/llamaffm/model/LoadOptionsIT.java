package io.github.llamaffm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Device;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.LoadMode;
import io.github.llamaffm.MetadataValue;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.Placement;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.RawLogits;
import io.github.llamaffm.support.StoredEntry;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadOptionsIT {
    private static final int[] TOKENS = {1, 2, 3, 4, 5};

    @TempDir
    private static Path folder;

    private static Path tiny;

    @BeforeAll
    static void write() {
        tiny = TinyModel.mixtral().writeTo(folder.resolve("mixtral.gguf"));
    }

    private static float[] logits(ModelSource source, ModelOptions.Builder options) {
        try (Model model = Model.load(source, options.build())) {
            return RawLogits.of(model, TOKENS);
        }
    }

    private static float[] logits(ModelOptions.Builder options) {
        return logits(ModelSource.path(tiny), options);
    }

    private static ModelOptions.Builder options() {
        return ModelOptions.builder();
    }

    private static void assertRefused(ModelOptions.Builder options, String... reasons) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(tiny, options.build()))
                .satisfies(e -> assertThat(e.getMessage()).contains(tiny.toString()).contains(reasons));
    }

    @ParameterizedTest
    @EnumSource
    void everyLoadModeMakesTheSameModel(LoadMode mode) {
        assertThat(Arrays.equals(logits(options().loadMode(mode)), logits(options()))).isTrue();
    }

    /** What the system says about the pages of a model's file. */
    @Test
    void aModelIsMappedReadOrLocked() {
        assertThat(memory(LoadMode.READ)).isEqualTo("mapped 0, locked 0");
        assertThat(memory(LoadMode.MAP)).startsWith("mapped ").endsWith("locked 0").isNotEqualTo("mapped 0, locked 0");
        // Where the limit on locked memory is too low for the file, llama.cpp goes on with a warning.
        assertThat(memory(LoadMode.MAP_LOCKED)).startsWith("mapped ").isNotEqualTo("mapped 0, locked 0");
    }

    private static String memory(LoadMode mode) {
        return ChildJvm.of(MappedModel.class).arguments(tiny, mode).run().assertSuccess().strip();
    }

    @Test
    void aResourceRefusesWhatItsJarCannotDo() throws IOException {
        byte[] bytes = Files.readAllBytes(tiny);
        try (URLClassLoader aligned = jar("aligned.jar", bytes, 0); URLClassLoader askew = jar("askew.jar", bytes, 1)) {
            ModelSource mappable = ModelSource.resource("m.gguf", aligned);
            ModelSource readable = ModelSource.resource("m.gguf", askew);
            float[] expected = logits(options());
            for (LoadMode mode : LoadMode.values()) {
                if (mode == LoadMode.DIRECT_IO) {
                    assertThatExceptionOfType(ModelLoadException.class)
                            .isThrownBy(() -> logits(mappable, options().loadMode(mode)))
                            .withMessageContaining("cannot be read with direct I/O");
                } else {
                    assertThat(Arrays.equals(logits(mappable, options().loadMode(mode)), expected)).as("%s", mode).isTrue();
                }
                if (mode == LoadMode.MAP || mode == LoadMode.MAP_LOCKED) {
                    assertThatExceptionOfType(ModelLoadException.class)
                            .isThrownBy(() -> logits(readable, options().loadMode(mode)))
                            .withMessageContaining("no multiple of 32");
                } else if (mode != LoadMode.DIRECT_IO) {
                    assertThat(Arrays.equals(logits(readable, options().loadMode(mode)), expected)).as("%s", mode).isTrue();
                }
            }
        }
    }

    /** A stored entry {@code m.gguf} that starts so many bytes after a multiple of 32. */
    private static URLClassLoader jar(String name, byte[] bytes, int askew) throws IOException {
        Path jar = folder.resolve(name);
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            // 30 bytes of header, 6 of name; an extra field is 4 bytes and its data.
            byte[] extra = new byte[64 - 36 + askew];
            extra[0] = 'x';
            extra[1] = 'x';
            extra[2] = (byte) (extra.length - 4);
            StoredEntry.put(zip, "m.gguf", bytes, extra);
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    @Test
    void overridesStandInForWhatTheFileSays() {
        try (Model model = Model.load(tiny, options()
                .metadataOverride("llama.context_length", MetadataValue.of(77))
                .metadataOverride("tokenizer.ggml.add_bos_token", MetadataValue.of(false))
                .metadataOverride("no.such.key", MetadataValue.of("nobody asks for it")).build())) {
            assertThat(model.info().trainedContextSize()).isEqualTo(77);
            assertThat(model.tokenizer().addsBos()).isFalse();
            assertThat(model.info().metadata("llama.context_length")).get().isNotEqualTo("77");
        }
        try (Model model = Model.load(tiny)) {
            assertThat(model.info().trainedContextSize()).isNotEqualTo(77);
            assertThat(model.tokenizer().addsBos()).isTrue();
        }
        float[] otherBase = logits(options().metadataOverride("llama.rope.freq_base", MetadataValue.of(100.0)));
        assertThat(Arrays.equals(otherBase, logits(options()))).isFalse();
    }

    static Stream<Arguments> wrongOverrides() {
        return Stream.of(
                Arguments.of("llama.context_length", MetadataValue.of("many"), "does not fit its type, u32"),
                Arguments.of("llama.context_length", MetadataValue.of(1.5), "does not fit its type, u32"),
                Arguments.of("llama.context_length", MetadataValue.of(-1), "does not fit its type, u32"),
                Arguments.of("llama.context_length", MetadataValue.of(1L << 32), "does not fit its type, u32"),
                Arguments.of("llama.rope.freq_base", MetadataValue.of(5), "does not fit its type, f32"),
                Arguments.of("general.architecture", MetadataValue.of(true), "does not fit its type, str"),
                Arguments.of("tokenizer.ggml.tokens", MetadataValue.of("x"), "does not fit its type, arr"),
                // Not in the file, so llama.cpp alone knows its type.
                Arguments.of("llama.pooling_type", MetadataValue.of("x"), "expected int but got str"),
                Arguments.of("general.architecture", MetadataValue.of("none"), "unknown model architecture: 'none'"),
                // ggml would abort on its own threads.
                Arguments.of("llama.attention.layer_norm_rms_epsilon", MetadataValue.of(-1.0), "negative or not a number"),
                Arguments.of("llama.attention.layer_norm_rms_epsilon", MetadataValue.of(Double.NaN), "negative or not a number"));
    }

    @ParameterizedTest
    @MethodSource("wrongOverrides")
    void anOverrideThatCannotBeIsRefused(String key, MetadataValue value, String reason) {
        assertRefused(options().metadataOverride(key, value), reason);
    }

    @Test
    void overridesThatMakeNoSense() {
        ChildJvm.of(SenselessOverrides.class).arguments(tiny).run().assertSilent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "a{2,1}", "*", "\\"})
    void aPatternThatIsWrongIsRefused(String pattern) {
        assertRefused(options().tensorPlacement(pattern, cpu()), "the pattern " + pattern + " is wrong: ");
    }

    @Test
    void patternsAsDeepAndAsManyAsAllowed() {
        ModelOptions.Builder options = options();
        for (int i = 0; i < 4093; i++) {
            options.tensorPlacement("no tensor " + i, cpu());
        }
        options.tensorPlacement("(".repeat(249) + "a" + ")".repeat(249), cpu());
        assertThat(Arrays.equals(logits(options), logits(options()))).isTrue();
    }

    @Test
    void expertsOnTheCpuWhereEverythingIs() {
        assertThat(Arrays.equals(logits(options().expertsOnCpu(true)), logits(options()))).isTrue();
    }

    @Test
    void everythingLiesOnTheHost() {
        for (boolean repack : new boolean[] {true, false}) {
            try (Model model = Model.load(TestFiles.model(), options().repack(repack).build())) {
                assertThat(model.placement()).containsExactly(
                        new Placement(cpu(), model.info().layerCount(), model.info().sizeInBytes()));
            }
        }
        try (Model model = Model.load(tiny, options().vocabularyOnly(true).build())) {
            assertThat(model.placement()).containsExactly(new Placement(cpu(), 0, 0));
        }
    }

    /** Free memory of the machine changes; that of a CPU device is its total. */
    private static Device cpu() {
        return LlamaRuntime.instance().devices().stream()
                .filter(device -> device.type() == Device.Type.CPU).findFirst().orElseThrow();
    }

    @Test
    void layersOfAnEncoderAreLayers() {
        Path t5 = TinyModel.t5().writeTo(folder.resolve("t5.gguf"));
        try (Model model = Model.load(t5)) {
            assertThat(model.placement().getFirst().layers()).isEqualTo(model.info().layerCount());
        }
    }
}
