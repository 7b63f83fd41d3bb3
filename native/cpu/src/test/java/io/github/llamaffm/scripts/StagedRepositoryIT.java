package io.github.llamaffm.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ci/StagedRepository.java} says of GPU jars: one that is right, and some that must not be published. */
class StagedRepositoryIT {

    private static final String CORE = "toolchain=zig 1, cmake 2\nabi.id=0123456789ab\n";

    @TempDir
    private Path repository;

    /** A jar of the natives of Linux: the lines of its index, beside the files that these list. */
    private void jar(String backend, String index, String... files) throws IOException {
        String artifact = "llama-ffm-native-" + backend;
        Path folder = repository.resolve("io/github/llamaffm/" + artifact + "/1");
        String natives = "META-INF/llama-ffm/natives/linux-x86_64/" + backend + "/";
        Checkout.write(folder.resolve(artifact + "-1.pom"), "<project><packaging>pom</packaging></project>");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve(artifact + "-1-linux-x86_64.jar")))) {
            add(zip, natives + "index.properties", "platform=linux-x86_64\nbackend=" + backend + "\n" + index);
            for (String file : files) {
                add(zip, natives + file, file);
            }
            add(zip, "META-INF/licenses/NOTICE", "== Native libraries: " + artifact + " ==");
        }
        Files.writeString(folder.resolve(artifact + "-1.jar"), "");
    }

    private static void add(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(UTF_8));
        zip.closeEntry();
    }

    /** The errors that name the jar of a backend, without what these small jars lack of real ones. */
    private static Stream<String> errors(List<String> lines, String backend) {
        return lines.stream()
                .filter(line -> line.startsWith("- **llama-ffm-native-" + backend + "-1-linux-x86_64.jar: "))
                .map(line -> line.substring(line.indexOf(": ") + 2))
                .filter(line -> !line.matches("no (signature|llama.cpp/.*|zig/.*|module that .*)\\*\\*|\\w+ is missing or wrong.*"));
    }

    @Test
    void takesOfAGpuOneModuleForTheStagedCore() throws Exception {
        jar("cpu", CORE + "file.libllamaffm-0123456789ab.so=\n", "libllamaffm-0123456789ab.so");
        jar("vulkan", CORE + "modules=libggml-vulkan.so\nfile.libggml-vulkan.so=\n", "libggml-vulkan.so");
        jar("cuda13", CORE + "modules=libggml-cuda.so\nfile.libggml-cuda.so=\n", "libggml-cuda.so", "libcudart.so.13");
        jar("cuda12", CORE.replace("zig", "gcc") + "modules=libggml-cuda.so\nfile.libggml-cuda.so=\nfile.libcublas.so.12=\n", "libggml-cuda.so", "libcublas.so.12");

        Process check = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                Checkout.REPOSITORY.resolve("ci/StagedRepository.java").toString(), repository.toString(), "1")
                .redirectErrorStream(true)
                .start();
        List<String> lines = new String(check.getInputStream().readAllBytes(), UTF_8).lines().toList();

        assertThat(check.waitFor()).as(String.join("\n", lines)).isEqualTo(1);
        assertThat(errors(lines, "cpu")).isEmpty();
        assertThat(errors(lines, "vulkan")).isEmpty();
        assertThat(errors(lines, "cuda13")).containsExactly("has [libcudart.so.13, libggml-cuda.so], its index lists [libggml-cuda.so]**");
        assertThat(errors(lines, "cuda12")).containsExactly(
                "has [libcublas.so.12, libggml-cuda.so], not libggml-cuda.so alone**",
                "of ABI 0123456789ab by gcc 1, its core of 0123456789ab by zig 1**");
    }
}
