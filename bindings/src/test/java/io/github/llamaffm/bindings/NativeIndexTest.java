package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeIndexTest {

    private static final String HASH = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static final String HEAD = "format=1\nabi.id=0123456789ab\nplatform=linux-x86_64\nbackend=cpu\n";

    private static NativeIndex parse(String text) throws Unusable {
        return NativeIndex.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsWhatTheNativeBuildWrites() throws Unusable {
        NativeIndex index = parse(HEAD + """
                build.id=ba9876543210
                toolchain=GNU 12.2.0, Release
                core=libllamaffm-0123456789ab.so
                modules=libggml-cpu-x64.so,libggml-cpu-haswell.so
                file.libllamaffm-0123456789ab.so=12 %1$s
                file.libggml-cpu-x64.so=3 %1$s
                file.libggml-cpu-haswell.so=4 %1$s
                """.formatted(HASH));

        assertThat(index.platform()).isEqualTo("linux-x86_64");
        assertThat(index.abiId()).isEqualTo("0123456789ab");
        assertThat(index.requireCore()).isEqualTo("libllamaffm-0123456789ab.so");
        assertThat(index.modules()).containsExactly("libggml-cpu-x64.so", "libggml-cpu-haswell.so");
        assertThat(index.files()).hasSize(3).containsEntry("libggml-cpu-x64.so", new NativeIndex.Entry(3, HASH));
    }

    @ParameterizedTest
    @CsvSource({
        "libggml-cpu-haswell.so, true, false, cpu-haswell",
        "libggml-rpc.so, false, true, rpc",
        "ggml-rpc.dll, false, true, rpc",
        "libggml-cuda.so, false, false, cuda"
    })
    void knowsModulesByTheirNames(String name, boolean cpu, boolean rpc, String backend) {
        assertThat(NativeIndex.isCpuModule(name)).isEqualTo(cpu);
        assertThat(NativeIndex.isRpcModule(name)).isEqualTo(rpc);
        assertThat(NativeIndex.backendOf(name)).isEqualTo(backend);
    }

    @Test
    void refusesAFormatThatItDoesNotKnow() {
        assertThatThrownBy(() -> parse(HEAD.replace("format=1", "format=2")))
                .isInstanceOf(Unusable.class)
                .hasMessage("index.properties has format 2, this version of llama-ffm reads format 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"format", "abi.id", "platform", "backend"})
    void refusesAnIndexWithout(String key) {
        assertThatThrownBy(() -> parse(HEAD.replace(key + "=", "x" + key + "=")))
                .isInstanceOf(Unusable.class)
                .hasMessage("index.properties has no " + key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.so", "a/b.so", "a\\\\b.so", ".hidden", "", "C\\:x.so"})
    void refusesNamesThatReachOutOfTheFolder(String name) {
        assertThatThrownBy(() -> parse(HEAD + "file." + name + "=1 " + HASH))
                .isInstanceOf(Unusable.class)
                .hasMessageContaining("not a plain file name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "12 abc", "-1 " + HASH, "x " + HASH, "99999999999999999999 " + HASH})
    void refusesSizesAndHashesThatAreNone(String value) {
        assertThatThrownBy(() -> parse(HEAD + "file.a.so=" + value))
                .isInstanceOf(Unusable.class)
                .hasMessageContaining("file.a.so=" + value);
    }

    @Test
    void refusesALibraryWithoutSizeAndHash() {
        assertThatThrownBy(() -> parse(HEAD + "core=libcore.so"))
                .isInstanceOf(Unusable.class)
                .hasMessageContaining("names libcore.so without its size and hash");
    }

    @Test
    void namesTheBackendOfAModule() {
        assertThat(NativeIndex.backendOf("libggml-cuda.so")).isEqualTo("cuda");
        assertThat(NativeIndex.backendOf("ggml-vulkan.dll")).isEqualTo("vulkan");
        assertThat(NativeIndex.isCpuModule("libggml-cpu-haswell.so")).isTrue();
        assertThat(NativeIndex.isCpuModule("libggml-cuda.so")).isFalse();
    }
}
