package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {

    private static final List<String> GRANTED =
            List.of("--enable-native-access=ALL-UNNAMED", "--illegal-native-access=deny");

    @TempDir
    private Path scratch;

    private String failure(List<String> options) throws Exception {
        ChildJvm.Result result =
                ChildJvm.start(scratch, options, LoadingProcess.class).await();
        assertThat(result.exitCode()).isZero();
        assertThat(result.stderr()).isEmpty();
        String[] failures = result.stdout().split("\n--\n");
        assertThat(failures).as("the same text on each attempt").hasSize(2).containsOnly(failures[0]);
        return failures[0];
    }

    /** A folder that is refused no sooner than when its core library is opened. */
    private Path fittingNatives() throws IOException {
        FakeNatives natives = new FakeNatives(Platform.current(ProcessMaps.current()).name(), "x");
        natives.put(NativeIndex.FILE_NAME, natives.index("1").replace("0123456789ab", BoundAbi.id()));
        return natives.writeTo(scratch.resolve("natives")).toRealPath();
    }

    @Test
    void withoutNativesTheFailureSaysWhatToAddEachTime() throws Exception {
        assertThat(failure(GRANTED))
                .startsWith("llama-ffm cannot use its native library: no native jar for ")
                .contains("<artifactId>llama-ffm-native-cpu</artifactId>");
    }

    @Test
    void deniedNativeAccessIsAnsweredWithTheExactFlag() throws Exception {
        Path folder = fittingNatives();

        assertThat(failure(List.of("--illegal-native-access=deny", "-Dllamaffm.library.path=" + folder)))
                .startsWith("llama-ffm cannot use its native library: Java denies native access: ")
                .contains("Start Java with --enable-native-access=ALL-UNNAMED");
    }

    @Test
    void aCoreThatDoesNotOpenIsNamedWithTheSystemsReason() throws Exception {
        Path folder = fittingNatives();
        Path core = folder.resolve(FakeNatives.CORE);

        List<String> options = new ArrayList<>(GRANTED);
        options.add("-Dllamaffm.library.path=" + folder);
        assertThat(failure(options))
                .isEqualTo("llama-ffm cannot use its native library: " + core + " cannot be opened: file too short");
    }
}
