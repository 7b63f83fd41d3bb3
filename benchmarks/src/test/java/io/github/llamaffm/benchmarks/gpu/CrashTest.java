package io.github.llamaffm.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CrashTest {

    /** As a JVM printed it whose threads crashed at once. */
    private static final String LOG = """
            [thread 12668 also had an error][thread 12669 also had an error]

            #

            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  SIGILL (0x4) at pc=0x00007f06da28484e, pid=10196, tid=12672
            #
            # JRE version: OpenJDK Runtime Environment Temurin-25.0.3+9 (25.0.3+9) (build 25.0.3+9-LTS)
            # Java VM: OpenJDK 64-Bit Server VM Temurin-25.0.3+9 (25.0.3+9-LTS, mixed mode, linux-amd64)
            # Problematic frame:
            # %sC  [libggml-cpu-sapphirerapids.so+0x8484e]
            #
            # No core dump will be written. Core dumps have been disabled.
            #
            # An error report file with more information is saved as:
            # /somewhere/hs_err_pid10196.log
            """;

    private static final String SAID = "SIGILL (0x4) at pc=0x00007f06da28484e; C [libggml-cpu-sapphirerapids.so+0x8484e]";

    @Test
    void theSignalAndTheFrame() {
        assertThat(Crash.of(LOG.formatted(""))).isEqualTo(SAID);
        assertThat(Crash.of(LOG.formatted("[thread 12663 also had an error]\n"))).isEqualTo(SAID);
    }

    @Test
    void whatGgmlSaidFirst() {
        assertThat(Crash.of("ops.cpp:17: GGML_ASSERT(n > 0) failed\n" + LOG.formatted(""))).isEqualTo("ops.cpp:17: GGML_ASSERT(n > 0) failed; " + SAID);
    }

    @Test
    void elseTheEndOfItsOutput() {
        assertThat(Crash.of("x".repeat(1000) + "the end\n")).hasSize(299).endsWith("xthe end");
        assertThat(Crash.of("")).isEmpty();
    }
}
