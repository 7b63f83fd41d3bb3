package io.github.llamaffm.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.GpuRequiredException;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.RpcServer;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ChoiceIT {

    @Test
    void theBestDeviceThatHoldsTheModelElseSeveralElseAPart() {
        try (RpcServer first = RpcServer.start(); RpcServer second = RpcServer.start()) {
            var result = ChildJvm.of(Choice.class).arguments(TestFiles.model(), first.address(), second.address()).run();
            result.assertSilent();
            assertThat(result.log().lines()).hasSize(2);
            assertThat(result.log().lines().toList().getFirst()).containsPattern("WARN io.github.llamaffm.Model - .*: \\d+ of 31 layers fit on GPUs "
                    + "\\(RPC\\d: \\d+ MB of \\d+ MB, RPC\\d: \\d+ MB of \\d+ MB, and 1 GiB of each stays free\\), .* need \\d+ MB with a context of 8192 tokens\\. Free memory there, or take ");
            assertThat(result.log().lines().toList().getLast()).contains("none of 31 layers fit on GPUs (RPC", ": 1 MB");
        }
    }

    /** In this JVM, which has no GPU. */
    @Test
    void aRequiredGpuThatIsMissingIsAnExceptionThatSaysWhy() {
        ModelOptions options = ModelOptions.builder().requireGpu().build();
        assertThatExceptionOfType(GpuRequiredException.class)
                .isThrownBy(() -> Model.load(TestFiles.model(), options))
                .withMessageContainingAll("requireGpu() asks for all layers on GPUs, and there is no GPU that can be used: ");
        assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() -> Model.load(Path.of("missing.gguf"), options));
    }
}
