package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.bindings.AbiTable;
import io.github.llamaffm.bindings.BoundAbi;
import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.support.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the core library and its modules export and import. */
class NativeSurfaceIT {
    /** Functions that open a connection, start a process or change the environment under a running JVM. */
    private static final String FORBIDDEN =
            "socket|socketpair|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|getaddrinfo|gethostby.*"
                    + "|v?fork|clone3?|exec.*|posix_spawnp?|popen|system|setenv|putenv|unsetenv|SSL_.*|curl_.*";

    private static final String RPC_MODULE = "libggml-rpc.so";

    @TempDir
    private Path scratch;

    private final Path core = LlamaRuntime.instance().report().core();

    @Test
    void coreExportsTheNamesOfTheBoundHeaders() throws IOException {
        ElfFile elf = ElfFile.read(core);

        assertThat(elf.exports()).containsAll(BoundAbi.symbols());
        // Modules need ggml's own C functions, and those of its CPU backend the quantisation kernels.
        assertThat(elf.exports()).allMatch(
                name -> name.matches("(lf|llama|ggml|gguf|mtmd|quantize|dequantize|iq2xs|iq3xs)_\\w+"));
    }

    @Test
    void allBoundSymbolsResolve() {
        assertThat(BoundAbi.symbols()).isNotEmpty()
                .allMatch(name -> NativeLibrary.lookup().find(name).isPresent());
    }

    @Test
    void nothingConnectsOrStartsAProcess() throws IOException {
        for (Path library : libraries()) {
            if (library.endsWith(RPC_MODULE)) {
                continue;
            }
            assertThat(ElfFile.read(library).imports())
                    .as(library.toString())
                    .isNotEmpty()
                    .noneMatch(name -> name.matches(FORBIDDEN));
        }
    }

    /** The one that connects is opened by {@link LlamaRuntime#addRpcServer} only. */
    @Test
    void theRpcModuleConnectsAndIsNotLoaded() throws Exception {
        assertThat(ElfFile.read(core.resolveSibling(RPC_MODULE)).imports())
                .contains("connect")
                .noneMatch(name -> name.matches("v?fork|clone3?|exec.*|posix_spawnp?|popen|system|setenv|putenv|unsetenv"));
        var loading = Loading.run(scratch, child -> child.property("llamaffm.library.path", core.getParent()));
        assertThat(loading.candidates())
                .contains("candidate " + core.resolveSibling(RPC_MODULE) + ": REJECTED, loaded when an RPC server is added");
        assertThat(loading.devices()).isEqualTo("1");
    }

    @Test
    void namesCarryTheAbiId() throws IOException {
        String name = "libllamaffm-" + BoundAbi.id() + ".so";
        assertThat(core.getFileName()).hasToString(name);
        assertThat(ElfFile.read(core).soname()).isEqualTo(name);
        assertThat(LlamaRuntime.instance().abiId()).isEqualTo(BoundAbi.id());
        for (Path library : libraries()) {
            if (!library.equals(core)) {
                assertThat(ElfFile.read(library).needed()).as(library.toString()).contains(name);
            }
        }
    }

    /** Sizes, offsets and constants as the C compiler saw them. */
    @Test
    void layoutsAreThoseOfTheLibrary() {
        AbiTable library = AbiTable.parse(NativeStrings.read(LlamaFfm.lf_abi_table()));
        assertThat(BoundAbi.table().size()).isGreaterThan(200);
        assertThat(BoundAbi.table().differences(library)).isEmpty();
    }

    private List<Path> libraries() throws IOException {
        try (Stream<Path> files = Files.list(core.getParent())) {
            List<Path> libraries = files.filter(file -> file.toString().endsWith(".so")).sorted().toList();
            assertThat(libraries).contains(core).hasSizeGreaterThan(1);
            return libraries;
        }
    }
}
