package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.support.TestFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A module that aborts and throws ({@code native/faults/failing_module.cpp}): errors of the call, and the JVM goes on. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailingModuleIT {

    private static final int THROWS = 0;
    private static final int ABORTS = 1;
    private static final int THROWS_A_NUMBER = 2;

    private static final Path MODULE = TestFiles.tools().resolve(
            System.getProperty("os.name").startsWith("Windows") ? "ggml-failing.dll" : "libggml-failing.so");

    @BeforeAll
    static void loadTheCore() {
        LlamaRuntime.instance();
    }

    /** Nobody else has it open: it is closed while its exception is on its way. */
    @Test
    @Order(1)
    void aModuleMayThrowAndBeClosed() {
        assertThat(load()).isEqualTo(LlamaFfm.LF_ERROR_EXCEPTION());
        assertThat(lastError()).startsWith("lf_backend_load threw: thrown on purpose by a module");
    }

    @Test
    @Order(2)
    void whatAModuleThrowsAndAbortsWithIsAnError() throws Throwable {
        MethodHandle mode = Linker.nativeLinker().downcallHandle(
                SymbolLookup.libraryLookup(MODULE, Arena.global()).findOrThrow("failing_module"), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        for (int i = 0; i < 300; i++) {
            mode.invokeExact(ABORTS);
            assertThat(load()).as(lastError()).isEqualTo(LlamaFfm.LF_ERROR_ABORT());
            assertThat(lastError()).startsWith("lf_backend_load aborted: ").contains("an abort on purpose in a module");

            mode.invokeExact(i % 2 == 0 ? THROWS : THROWS_A_NUMBER);
            assertThat(load()).as(lastError()).isEqualTo(LlamaFfm.LF_ERROR_EXCEPTION());
            assertThat(lastError()).contains(i % 2 == 0 ? " threw: thrown on purpose by a module" : " threw: an exception of an unknown type");
        }
    }

    private static int load() {
        try (Arena arena = Arena.ofConfined()) {
            return LlamaFfm.lf_backend_load(arena.allocateFrom(MODULE.toString()));
        }
    }

    private static String lastError() {
        return NativeStrings.read(LlamaFfm.lf_last_error());
    }
}
