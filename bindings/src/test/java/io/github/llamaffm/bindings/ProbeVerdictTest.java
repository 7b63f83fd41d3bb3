package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeVerdictTest {

    private static final Platform LINUX = new Platform("linux-x86_64");
    private static final Platform MAC = new Platform("osx-aarch_64");
    private static final Platform WINDOWS = new Platform("windows-x86_64");
    private static final List<String> STEPS = List.of("core=/n/libcore.so", "module=/n/libggml-cpu-a.so");

    private static ProbeVerdict verdict(OptionalInt status, Platform platform, String... lines) throws Unusable {
        String output = String.join("\n", lines) + '\n';
        return ProbeVerdict.of(STEPS, new ProbeProcess.Ended(status, output), Duration.ofSeconds(7), platform);
    }

    private static ProbeVerdict after(int status, String... lines) throws Unusable {
        return verdict(OptionalInt.of(status), LINUX, lines);
    }

    @Test
    void whatDriversPrintIsNoLine() throws Unusable {
        assertThat(after(0, "@probe 1 done", "MESA: warning @probe 2 failed", " @probe 2 wrong", "@probe 2 done 3"))
                .isEqualTo(new ProbeVerdict.Done(3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "132 | @probe 2 open | the probe ended with SIGILL, an instruction that this machine does not run, opening libggml-cpu-a.so",
        "139 | @probe 2 start CPU | the probe ended with SIGSEGV starting CPU of libggml-cpu-a.so",
        "136 | @probe 2 compute q4_0 in CPU, 1 columns | the probe ended with SIGFPE computing q4_0 in CPU, 1 columns, with libggml-cpu-a.so",
        "1 | @probe 2 open | the probe ended with exit code 1 opening libggml-cpu-a.so",
        "0 | @probe 1 done | the probe ended with exit code 0 between two steps",
        "0 | @probe 2 wrong q8_0 in CPU: 0.5 | the probe got wrong numbers from libggml-cpu-a.so, computing q8_0 in CPU: 0.5",
    })
    void whatDiedIsNamed(int status, String last, String expected) throws Unusable {
        assertThat(after(status, "@probe 1 open", last)).isEqualTo(new ProbeVerdict.Bad(expected));
    }

    @Test
    void theLastWordsOfTheCoreAreTheReason() throws Unusable {
        assertThat(after(134, "@probe 2 start Vulkan0", "llama-ffm: native code gave up", "  message:   vk: lost", "  time:      now"))
                .isEqualTo(new ProbeVerdict.Bad("the probe ended with SIGABRT starting Vulkan0 of libggml-cpu-a.so: vk: lost"));
    }

    @Test
    void aProcessWhoseTimeIsOver() throws Unusable {
        assertThat(verdict(OptionalInt.empty(), LINUX, "@probe 1 done", "@probe 2 open"))
                .isEqualTo(new ProbeVerdict.Bad("the probe did not end within 7 s opening libggml-cpu-a.so"));
        assertThatThrownBy(() -> verdict(OptionalInt.empty(), LINUX, "")).hasMessage("it did not begin within 7 s");
    }

    @Test
    void whatIsRefusedInOrderIsNoDeath() throws Unusable {
        assertThat(after(0, "@probe 2 failed libfoo.so.1: cannot open")).isEqualTo(new ProbeVerdict.Refused("libfoo.so.1: cannot open"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "127 | sh: not found | it ended with exit code 127 opening the core library",
        "159 | @probe 1 open | it ended with SIGSYS, a system call that is not allowed here, opening the core library",
        "0 | @probe 1 failed no such file | it cannot open the core library: no such file",
        "137 | @probe 2 open | it ended with SIGKILL, for lack of memory perhaps,",
        "143 | @probe 2 open | it ended with SIGTERM",
    })
    void whatSaysNothingAboutTheModule(int status, String last, String expected) {
        assertThatThrownBy(() -> after(status, last)).isInstanceOf(Unusable.class).hasMessage(expected);
    }

    @Test
    void systemsNumberTheirSignals() throws Unusable {
        assertThat(verdict(OptionalInt.of(138), MAC, "@probe 2 open").toString()).contains("SIGBUS opening");
        assertThat(verdict(OptionalInt.of(0xC000001D), WINDOWS, "@probe 2 open").toString()).contains("an illegal instruction (0xC000001D) opening");
        assertThat(verdict(OptionalInt.of(0xC00000FD), WINDOWS, "@probe 2 open").toString()).contains("0xC00000FD opening");
    }

    @ParameterizedTest
    @ValueSource(strings = {"done 0", "done 1984", "refused no: such file", "bad the probe ended with SIGILL opening a"})
    void aKeptVerdictIsTheSame(String text) {
        assertThat(ProbeVerdict.parse(text)).get().hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "done", "done -1", "done x", "good 1"})
    void anythingElseIsNone(String text) {
        assertThat(ProbeVerdict.parse(text)).isEmpty();
    }
}
