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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The finished CUDA module on run-time libraries that fail on purpose ({@code native/cuda/failing-runtime}), so without a
 * GPU: what it aborts with and what is thrown through it are errors of the call, and the JVM goes on.
 */
class CudaErrorsIT {

    private static final int WORKS = 0;
    private static final int RETURNS_AN_ERROR = 1;
    private static final int THROWS = 2;

    private static final Path MODULE = Path.of(System.getProperty("native.folder"), "libggml-cuda.so").toAbsolutePath();

    @TempDir
    private static Path folder;

    private static MethodHandle failingRuntime;

    @BeforeEach
    void loadTheModule() throws IOException, InterruptedException {
        if (failingRuntime != null) {
            return;
        }
        Process script = new ProcessBuilder("../cuda/failing-runtime", MODULE.toString(), folder.toString()).inheritIO().start();
        assertThat(script.waitFor()).isZero();
        for (String library : List.of("libcuda.so.1", "libcudart.so.13", "libcublas.so.13")) {
            System.load(folder.resolve(library).toString());
        }
        failingRuntime = Linker.nativeLinker().downcallHandle(
                SymbolLookup.loaderLookup().findOrThrow("failing_runtime"), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int status = LlamaFfm.lf_backend_load(arena.allocateFrom(MODULE.toString()));
            assertThat(status).as(lastError()).isZero();
        }
    }

    @Test
    void abortsAndExceptionsOfTheModuleBecomeErrors() throws Throwable {
        failingRuntime.invokeExact(WORKS);
        long devices = devices();
        assertThat(devices).as(lastError()).isGreaterThanOrEqualTo(2);

        for (int i = 0; i < 10_000; i++) {
            failingRuntime.invokeExact(i % 2 == 0 ? RETURNS_AN_ERROR : THROWS);
            long status = devices();
            if (status != (i % 2 == 0 ? LlamaFfm.LF_ERROR_ABORT() : LlamaFfm.LF_ERROR_EXCEPTION())) {
                throw new AssertionError("call " + i + " returned " + status + ": " + lastError());
            }
        }
        assertThat(lastError()).startsWith("lf_devices threw: thrown on purpose");

        failingRuntime.invokeExact(RETURNS_AN_ERROR);
        assertThat(devices()).isEqualTo(LlamaFfm.LF_ERROR_ABORT());
        assertThat(lastError()).contains("lf_devices aborted", "CUDA error", "failed on purpose");

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
