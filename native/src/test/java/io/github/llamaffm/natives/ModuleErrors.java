package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_device;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A finished GPU module on run-time libraries that fail on purpose ({@code failing-runtime} of the backend), so without a
 * GPU: what it aborts with and what is thrown through it are errors of the call, and the JVM goes on.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ModuleErrors {

    private static final int WORKS = 0;
    private static final int ABORTS = 1;
    private static final int THROWS = 2;

    private final String backend;
    private final List<String> libraries;
    private final String abort;
    private final String exception;

    private MethodHandle failingRuntime;

    ModuleErrors(String backend, List<String> libraries, String abort, String exception) {
        this.backend = backend;
        this.libraries = libraries;
        this.abort = abort;
        this.exception = exception;
    }

    @BeforeAll
    void loadTheModule(@TempDir Path folder) throws IOException, InterruptedException {
        Path module = Path.of(System.getProperty("native.folder"), "libggml-" + backend + ".so").toAbsolutePath();
        Process script = new ProcessBuilder("../" + backend + "/failing-runtime", module.toString(), folder.toString())
                .inheritIO()
                .start();
        assertThat(script.waitFor()).isZero();
        lastError(); // the core: the libraries may need it
        for (String library : libraries) {
            System.load(folder.resolve(library).toString());
        }
        failingRuntime = Linker.nativeLinker().downcallHandle(
                SymbolLookup.loaderLookup().findOrThrow("failing_runtime"), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int status = LlamaFfm.lf_backend_load(arena.allocateFrom(module.toString()));
            assertThat(status).as(lastError()).isZero();
        }
    }

    @Test
    void abortsAndExceptionsOfTheModuleBecomeErrors() throws Throwable {
        failingRuntime.invokeExact(WORKS);
        long devices = devices();
        assertThat(devices).as(lastError()).isGreaterThanOrEqualTo(2);

        for (int i = 0; i < 10_000; i++) {
            failingRuntime.invokeExact(i % 2 == 0 ? ABORTS : THROWS);
            long status = devices();
            if (status != (i % 2 == 0 ? LlamaFfm.LF_ERROR_ABORT() : LlamaFfm.LF_ERROR_EXCEPTION())) {
                throw new AssertionError("call " + i + " returned " + status + ": " + lastError());
            }
        }
        assertThat(lastError()).startsWith("lf_devices threw: ").contains(exception);

        failingRuntime.invokeExact(ABORTS);
        assertThat(devices()).isEqualTo(LlamaFfm.LF_ERROR_ABORT());
        assertThat(lastError()).startsWith("lf_devices aborted").contains(abort);

        failingRuntime.invokeExact(WORKS);
        assertThat(devices()).isEqualTo(devices);
    }

    private static long devices() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structs = arena.allocate(lf_device.layout(), 16);
            return LlamaFfm.lf_devices(structs, 16);
        }
    }

    private static String lastError() {
        return NativeStrings.read(LlamaFfm.lf_last_error());
    }
}
