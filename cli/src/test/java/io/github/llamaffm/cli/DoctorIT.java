package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.RuntimeReport;
import io.github.llamaffm.cli.CommandProcess.Result;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorIT {

    @TempDir
    private Path folder;

    @Test
    void saysThatAModelRunsAndWhyNoGpuIsUsed() {
        RuntimeReport report = LlamaRuntime.instance().report();

        Result result = CommandProcess.run(folder, "doctor");

        assertThat(result.exitCode()).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout()).contains(report.abiId(), "CPU features", String.join(" ", report.cpuFeatures()));
        assertThat(result.stdout()).containsPattern("used .*: CPU module, score \\d+; the probe computed with it (first|at an earlier start)\n");
        assertThat(result.stdout()).contains("model: runs, llama ");
        assertThat(result.stdout().lines()).last().asString().startsWith("GPU: not used, because ").contains(report.whyNoGpu());
    }

    @Test
    void whereNoModelRunsTheReportIsThereAndTheExitCodeIsOne() {
        Result result = CommandProcess.run(folder, "doctor", "-m", "/no/such/model.gguf");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout()).contains("CPU module").doesNotContain("GPU: ");
        assertThat(result.stderr()).startsWith("llama-ffm: /no/such/model.gguf").hasLineCount(1);
    }

    @Test
    void theCpuAloneCanBeAskedFor() {
        Result result = CommandProcess.run(folder, "doctor", "--device", "none");

        assertThat(result.exitCode()).isZero();
        assertThat(result.stdout().lines()).last().asString().startsWith("GPU: not used");
    }

    @Test
    void aDeviceThatIsNotThereIsNamedBesideThoseThatAre() {
        Result result = CommandProcess.run(folder, "doctor", "--device", "CUDA0");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stderr()).startsWith("llama-ffm: none is 'CUDA0' of the devices [CPU").hasLineCount(1);
    }
}
