package io.github.llamaffm.natives;

import static io.github.llamaffm.natives.Loading.classPath;
import static io.github.llamaffm.natives.NativeFolder.BINDINGS;
import static io.github.llamaffm.natives.NativeFolder.TESTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A class path without the native jar that this Java needs: the message says what is there and what to add. */
class WrongJarIT {

    @TempDir
    private static Path scratch;

    private static String platform;
    private static NativeFolder natives;

    @BeforeAll
    static void unpack() throws IOException {
        natives = NativeFolder.unpack(scratch.resolve("natives"));
        platform = natives.property("platform");
    }

    /** For the GPU of this platform. */
    public static final class GpuBundle extends FolderBundle {}

    private static String failure(Path jar) throws IOException {
        return Loading.run(scratch, child -> child.classPath(classPath(BINDINGS, TESTS, jar))).failure();
    }

    private static String dependency(String classifier) {
        return "<artifactId>llama-ffm-native-cpu</artifactId><version>VERSION</version><classifier>" + classifier + "</classifier>";
    }

    @Test
    void oneOfAnotherPlatform() throws IOException {
        String other = platform.equals("windows-x86_64") ? "linux-x86_64" : "windows-x86_64";
        Path jar = natives.copyTo(scratch.resolve("other")).setProperty("platform", other)
                .pack(scratch.resolve("other.jar"), FolderBundle.class);

        assertThat(failure(jar))
                .contains("no native jar for " + platform + " on the class path or the module path, only for " + other)
                .contains(dependency(platform))
                .contains("tried " + FolderBundle.class.getName() + ": for " + other + ", this Java runs on " + platform);
    }

    /** A jar for the GPU has modules only, without the core that they need. */
    @Test
    void thatOfAGpuAlone() throws IOException {
        Path jar = natives.copyTo(scratch.resolve("gpu")).setProperty("backend", "cuda13")
                .pack(scratch.resolve("gpu.jar"), GpuBundle.class);

        assertThat(failure(jar))
                .contains("no native jar for " + platform + " on the class path or the module path")
                .contains(dependency(platform))
                .doesNotContain("only for " + platform)
                .doesNotContain("start a Java for the processor");
    }

    /** As a Java for another processor says that it is one. */
    @Test
    void aJavaForAnotherProcessor() throws IOException {
        String arch = platform.contains("aarch_64") ? "amd64" : "aarch64";
        String wanted = platform.contains("aarch_64") ? platform.replace("aarch_64", "x86_64") : platform.replace("x86_64", "aarch_64");

        Loading loading = Loading.run(scratch, child -> child.property("os.arch", arch)
                .classPath(classPath(BINDINGS, TESTS, NativeFolder.jar())));

        assertThat(loading.failure())
                .contains("no native jar for " + wanted + " on the class path or the module path, only for " + platform)
                .contains(dependency(wanted))
                .contains("or start a Java for the processor that the jar for " + platform + " is for");
    }
}
