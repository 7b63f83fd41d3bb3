package io.github.llamaffm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.support.Peer;
import io.github.llamaffm.support.RawLogits;
import io.github.llamaffm.support.StoredEntry;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that llama-gguf-split divided into three files. */
class SplitModelIT {
    private static final int[] TOKENS = {504, 3575, 282, 4649, 314};

    @TempDir
    private static Path folder;

    private static List<Path> parts;
    private static float[] expected;

    @BeforeAll
    static void split() {
        Peer.run("llama-gguf-split", "--split", "--split-max-tensors", "100", TestFiles.model(), folder.resolve("model"));
        parts = List.of(part(1), part(2), part(3));
        assertThat(parts).allMatch(Files::exists);
        try (Model whole = Model.load(TestFiles.model())) {
            expected = RawLogits.of(whole, TOKENS);
        }
    }

    private static Path part(int number) {
        return folder.resolve("model-0000%d-of-00003.gguf".formatted(number));
    }

    @AfterEach
    void partsAreAsTheyWere() {
        assertThat(parts).allMatch(Files::exists);
    }

    private static void assertLoads(ModelSource source) {
        try (Model model = Model.load(source)) {
            assertThat(Arrays.equals(RawLogits.of(model, TOKENS), expected)).isTrue();
            assertThat(model.placement().stream().mapToLong(place -> place.bytes()).sum()).isEqualTo(model.info().sizeInBytes());
        }
    }

    private static void assertRefused(ModelSource source, String... reasons) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(source))
                .satisfies(e -> assertThat(e.getMessage()).contains(reasons));
    }

    @Test
    void theFirstPartFindsTheOthers() {
        assertLoads(ModelSource.path(part(1)));
    }

    @Test
    void partsMayHaveAnyNames() throws IOException {
        List<Path> renamed = List.of(folder.resolve("a.gguf"), folder.resolve("teil zwei.bin"), folder.resolve("第三"));
        for (int i = 0; i < renamed.size(); i++) {
            Files.createLink(renamed.get(i), parts.get(i));
        }
        assertLoads(ModelSource.splits(renamed));
    }

    @Test
    void onlyTheVocabularyOfParts() {
        try (Model model = Model.load(ModelSource.splits(parts), ModelOptions.builder().vocabularyOnly(true).build())) {
            assertThat(model.tokenizer().encode("The capital of France is")).isNotEmpty();
        }
    }

    @Test
    void aMissingPartIsNamed() throws IOException {
        Path other = Files.createDirectory(folder.resolve("missing"));
        Files.createLink(other.resolve(part(1).getFileName()), part(1));
        Files.createLink(other.resolve(part(3).getFileName()), part(3));
        Path missing = other.resolve(part(2).getFileName());

        assertRefused(ModelSource.path(other.resolve(part(1).getFileName())), missing.toString());
        assertRefused(ModelSource.splits(List.of(part(1), missing, part(3))), missing + " does not exist");
    }

    @Test
    void aDamagedPartIsRefused() throws IOException {
        Path other = Files.createDirectory(folder.resolve("damaged"));
        Path cut = other.resolve("cut.gguf");
        byte[] bytes = Files.readAllBytes(part(3));
        Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1_000_000));
        Path text = Files.writeString(other.resolve("text.gguf"), "no model at all, but long enough");

        assertRefused(ModelSource.splits(List.of(part(1), part(2), cut)), "corrupted or incomplete");
        assertRefused(ModelSource.splits(List.of(part(1), text, part(3))), text + " is not a GGUF file");
    }

    @Test
    void wrongPartsAreRefused() {
        assertRefused(ModelSource.path(part(2)), "must be loaded with the first split");
        assertRefused(ModelSource.splits(List.of(part(1), part(2))), part(1) + " says that its model has 3 files, not 2");
        assertRefused(ModelSource.splits(List.of(part(1), part(3), part(2))), "invalid split file idx: 2", part(3).toString());
        assertRefused(ModelSource.splits(List.of(part(1), part(2), part(2))), part(2).toString());
        assertRefused(ModelSource.splits(List.of(TestFiles.model(), part(2))), TestFiles.model() + " says that its model has 1 file");
    }

    @Test
    void aPartInAJarIsRefused() throws IOException {
        Path jar = folder.resolve("part.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            StoredEntry.put(zip, "part.gguf", Files.readAllBytes(part(1)));
        }
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            assertRefused(ModelSource.resource("part.gguf", loader), "resource part.gguf", "one of 3 parts of a split model");
        }
    }
}
