package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.RuntimeReport.Candidate;
import io.github.llamaffm.cli.CommandProcess.Result;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesIT {

    @TempDir
    private Path folder;

    @Test
    void namesTheLibraryTheDevicesAndEachCandidate() {
        LlamaRuntime runtime = LlamaRuntime.instance();

        Result result = CommandProcess.run(folder, "devices");

        assertThat(result.stderr()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.stdout()).contains(runtime.llamaCppVersion(), runtime.abiId(), "DEVICE", "LIBRARY");
        assertThat(result.stdout().lines()).anyMatch(line -> line.matches("CPU +CPU +CPU +\\d+ MiB +\\d+ MiB .*"));
        for (Candidate candidate : runtime.report().candidates()) {
            assertThat(result.stdout().lines()).anyMatch(
                    line -> line.contains(Path.of(candidate.name()).getFileName().toString())
                            && line.contains(candidate.status().name().toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void aMissingNativeLibraryIsOneLine() {
        Result result = CommandProcess.run(folder, Map.of("LLAMAFFM_LIBRARY_PATH", "/no/such/folder"), "devices");

        assertThat(result.stderr()).startsWith("llama-ffm: ").contains("/no/such/folder").hasLineCount(1);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(1);
    }
}
