package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A module for CUDA that cannot be used: the CPU generates, the report has the true reason, and nothing is printed. What
 * stands in for NVIDIA's files is {@link ToyCuda}; the real module is for a machine that has it.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the libraries that stand in for NVIDIA's are Linux's")
class GpuFallbackIT {

    private static final String MODULE = "libggml-cuda.so";

    @TempDir
    private static Path toys;

    private static ToyCuda toy;

    @TempDir
    private Path scratch;

    private NativeFolder module;

    @BeforeAll
    static void compile() throws Exception {
        toy = ToyCuda.compile(toys.toRealPath());
    }

    @BeforeEach
    void copy() throws IOException {
        scratch = scratch.toRealPath();
        module = new NativeFolder(toy.module()).copyTo(scratch.resolve("cuda"));
    }

    /** Loads a model and generates; returns the lines of the report that are about CUDA. */
    private List<String> report(UnaryOperator<ChildJvm> set) throws IOException {
        Path outcome = scratch.resolve("outcome");
        ChildJvm child = ChildJvm.of(FallbackProcess.class)
                .property("llamaffm.library.path", libraryPath(module.path()))
                .environment("CUDA_PATH", "")
                .environment("CUDA_HOME", "");
        set.apply(child).arguments(TestFiles.model(), outcome).run().assertSilent();
        Loading loading = new Loading(Files.readString(outcome));
        assertThat(loading.text()).containsPattern("\npiece .+\n$");
        assertThat(loading.devices()).isEqualTo("1");
        assertThat(loading.cpuModule()).isNotNull();
        return loading.candidates().stream()
                .filter(line -> line.contains("cuda") || line.contains("cublas"))
                .map(line -> line.substring("candidate ".length()))
                .toList();
    }

    private static String libraryPath(Path... modules) {
        Path core = NativeLibrary.report().core().getParent();
        return Loading.classPath(Stream.concat(Stream.of(core), Stream.of(modules)).toArray(Path[]::new));
    }

    private ChildJvm withDriverAndLibraries(ChildJvm child) {
        return child.environment("LD_LIBRARY_PATH", toy.driver()).environment("LLAMAFFM_CUDA_PATH", toy.runtime());
    }

    private List<String> withDriver(String... settings) throws IOException {
        return report(child -> {
            child.environment("LD_LIBRARY_PATH", toy.driver());
            for (int i = 0; i < settings.length; i += 2) {
                child.environment(settings[i], settings[i + 1]);
            }
            return child;
        });
    }

    private String failed() {
        return module.path().resolve(MODULE) + ": FAILED, ";
    }

    @Test
    void librariesWithoutADriver() throws IOException {
        assumeFalse(hasDriver(), "this machine has NVIDIA's driver");

        assertThat(report(child -> child.environment("LLAMAFFM_CUDA_PATH", toy.runtime())))
                .singleElement()
                .asString()
                .startsWith(failed() + "no NVIDIA driver is installed: libcuda.so.1: cannot open shared object file");
    }

    private static boolean hasDriver() {
        return Files.exists(Path.of("/proc/driver/nvidia")) || Files.exists(Path.of("/dev/nvidiactl"));
    }

    @Test
    void aDriverWithoutLibraries() throws IOException {
        assertThat(withDriver())
                .singleElement()
                .asString()
                .startsWith(failed() + "libcudart.so.99 was not found. Install CUDA's run-time libraries")
                .contains("apt-get install cuda-cudart-99-0 libcublas-99-0", "pip install nvidia-cuda-runtime==99.0.*");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "100 | ''",
        "803 | The driver's library and the kernel's part are of different versions",
        "999 | Run nvidia-smi and look into the kernel's log",
    })
    void aDriverThatDoesNotStart(String status, String remedy) throws IOException {
        assertThat(withDriver("TOY_INIT", status))
                .singleElement()
                .asString()
                .startsWith(failed() + "the NVIDIA driver does not start: cuInit returned " + status
                        + ", as the toy was told. " + remedy);
    }

    @Test
    void aDriverThatIsTooOld() throws IOException {
        assertThat(withDriver("TOY_VERSION", "12040", "TOY_INIT", "999"))
                .containsExactly(failed() + "the NVIDIA driver runs CUDA up to 12.4, this module needs 99.0. Update the driver "
                        + "or use llama-ffm-native-cuda12.");
    }

    @Test
    void aCardThatIsTooOld() throws IOException {
        assertThat(withDriver("TOY_CAPABILITY", "61"))
                .containsExactly(failed() + "the GPU has compute capability 6.1, CUDA 13 needs 7.5. Use llama-ffm-native-cuda12.");
    }

    @Test
    void aTruncatedModule() throws IOException {
        byte[] whole = Files.readAllBytes(module.path().resolve(MODULE));
        Files.write(module.path().resolve(MODULE), Arrays.copyOf(whole, whole.length / 2));

        assertThat(withDriver())
                .singleElement()
                .asString()
                .endsWith(MODULE + " has " + whole.length / 2 + " bytes, the index says " + whole.length);
    }

    @Test
    void anUnreadableModule() throws IOException {
        Files.delete(module.path().resolve(MODULE));
        Files.createSymbolicLink(module.path().resolve(MODULE), Path.of(MODULE));

        assertThat(withDriver())
                .singleElement()
                .asString()
                .endsWith("the folder is incomplete: " + module.path().resolve(MODULE)
                        + ": Too many levels of symbolic links or unable to access attributes of symbolic link");
    }

    @Test
    void aDamagedModule() throws IOException {
        Files.write(module.path().resolve(MODULE), new byte[4096]);
        module.reindex();

        assertThat(withDriver("LLAMAFFM_CUDA_PATH", toy.runtime().toString()).getLast())
                .isEqualTo(failed() + "invalid ELF header");
    }

    @Test
    void aModuleOfAnotherAbiId() throws IOException {
        module.setProperty("abi.id", "0123456789ab");

        assertThat(withDriver())
                .containsExactly(module.path() + " (-Dllamaffm.library.path): FAILED, its modules have ABI id 0123456789ab, "
                        + "the core library has " + NativeLibrary.report().abiId() + ". Use native libraries of one release.");
    }

    @Test
    void aModuleThatFindsItsLibrariesAndNoDevice() throws IOException {
        List<String> lines = withDriver("LLAMAFFM_CUDA_PATH", toy.runtime().toString());

        assertThat(lines)
                .containsExactly(
                        toy.runtime().resolve("libcudart.so.99") + ": USED, CUDA run-time library",
                        toy.runtime().resolve("libcublasLt.so.99") + ": USED, CUDA run-time library",
                        toy.runtime().resolve("libcublas.so.99") + ": USED, CUDA run-time library",
                        failed() + "it is loaded and finds no device");
    }

    @Test
    void librariesThatTheSystemFinds() throws IOException {
        assertThat(withDriver("LD_LIBRARY_PATH", toy.driver() + ":" + toy.runtime()))
                .startsWith("libcudart.so.99: USED, CUDA run-time library, found by the system")
                .endsWith(failed() + "it is loaded and finds no device");
    }

    @Test
    void theNewestThatTheDriverRunsIsTaken() throws IOException {
        Path older = new NativeFolder(toy.module()).copyTo(scratch.resolve("older")).setProperty("backend", "cuda98").path();
        String path = libraryPath(older, module.path());

        assertThat(report(child -> withDriverAndLibraries(child).property("llamaffm.library.path", path)))
                .contains(failed() + "it is loaded and finds no device")
                .last()
                .isEqualTo(older.resolve(MODULE) + ": REJECTED, " + module.path().resolve(MODULE) + " comes first");
        assertThat(report(child -> withDriverAndLibraries(child)
                        .environment("TOY_VERSION", "98000")
                        .property("llamaffm.library.path", path)))
                .satisfiesExactly(
                        newer -> assertThat(newer).startsWith(failed() + "the NVIDIA driver runs CUDA up to 98.0"),
                        taken -> assertThat(taken)
                                .startsWith(older.resolve(MODULE) + ": FAILED, libcudart.so.98 was not found"));
    }

    @Test
    void aJarIsExtractedOnlyWhereItCanRun() throws IOException {
        Path jar = module.pack(scratch.resolve("cuda.jar"), CudaBundle.class);
        UnaryOperator<ChildJvm> withJar = child -> withDriverAndLibraries(child)
                .property("llamaffm.library.path", null)
                .property("llamaffm.cache.dir", scratch.resolve("cache"))
                .classPath(System.getProperty("java.class.path") + File.pathSeparator + jar);

        assertThat(report(child -> withJar.apply(child).environment("TOY_INIT", "999")))
                .singleElement()
                .asString()
                .startsWith(MODULE + " of " + CudaBundle.class.getName() + ": FAILED, the NVIDIA driver does not start");
        assertThat(extracted()).noneMatch(name -> name.contains("cuda"));

        assertThat(report(withJar)).last().asString().endsWith(MODULE + ": FAILED, it is loaded and finds no device");
        assertThat(extracted()).anyMatch(name -> name.contains("-cuda99-"));
    }

    private List<String> extracted() throws IOException {
        try (Stream<Path> folders = Files.list(scratch.resolve("cache/natives"))) {
            return folders.map(folder -> folder.getFileName().toString()).toList();
        }
    }
}
