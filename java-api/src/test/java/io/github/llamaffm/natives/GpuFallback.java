package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A module for CUDA that cannot be used: the CPU generates, the report has the true reason, who requires a GPU is told it, and
 * nothing is printed.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the libraries that stand in for NVIDIA's are Linux's")
abstract class GpuFallback {

    private static final String MODULE = "libggml-cuda.so";
    private static final String FAILED = ": FAILED, ";

    @TempDir
    private Path scratch;

    private NativeFolder module;

    private final CudaFiles cuda;

    GpuFallback(CudaFiles cuda) {
        this.cuda = cuda;
    }

    @BeforeEach
    void copy() throws IOException {
        scratch = scratch.toRealPath();
        module = new NativeFolder(cuda.module()).copyTo(scratch.resolve("cuda"));
    }

    /** Loads a model and generates; returns the lines of the report that are about CUDA. */
    final List<String> report(UnaryOperator<ChildJvm> set) throws IOException {
        Path outcome = scratch.resolve("outcome");
        ChildJvm child = ChildJvm.of(FallbackProcess.class)
                .property("llamaffm.library.path", libraryPath(module.path()))
                .property("llamaffm.cuda.path", null)
                .environment("CUDA_PATH", "")
                .environment("CUDA_HOME", "");
        set.apply(child).arguments(TestFiles.model(), outcome).run().assertSilent();
        Loading loading = new Loading(Files.readString(outcome));
        assertThat(loading.text()).containsPattern("\npiece .+\n$");
        assertThat(loading.devices()).isEqualTo("1");
        assertThat(loading.cpuModule()).isNotNull();
        List<String> lines = loading.candidates().stream()
                .filter(line -> line.contains("cuda") || line.contains("cublas"))
                .map(line -> line.substring("candidate ".length()))
                .toList();
        assertThat(loading.required())
                .contains(lines.stream()
                        .filter(line -> line.contains(FAILED))
                        .map(line -> line.replace(FAILED, ": "))
                        .toList());
        return lines;
    }

    private static String libraryPath(Path... modules) {
        Path core = NativeLibrary.report().core().getParent();
        return Loading.classPath(Stream.concat(Stream.of(core), Stream.of(modules)).toArray(Path[]::new));
    }

    private ChildJvm withDriverAndLibraries(ChildJvm child) {
        return child.environment("LD_LIBRARY_PATH", cuda.driver()).environment("LLAMAFFM_CUDA_PATH", cuda.runtime());
    }

    final List<String> withDriver(String... settings) throws IOException {
        return report(child -> {
            child.environment("LD_LIBRARY_PATH", cuda.driver());
            for (int i = 0; i < settings.length; i += 2) {
                child.environment(settings[i], settings[i + 1]);
            }
            return child;
        });
    }

    private String so(String library) {
        return "lib" + library + ".so." + cuda.toolkit();
    }

    final String failed() {
        return module.path().resolve(MODULE) + FAILED;
    }

    @Test
    void librariesWithoutADriver() throws IOException {
        assumeFalse(hasDriver(), "this machine has NVIDIA's driver");

        assertThat(report(child -> child.environment("LLAMAFFM_CUDA_PATH", cuda.runtime())))
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
                .startsWith(failed() + "" + so("cudart") + " was not found. Install CUDA's run-time libraries")
                .contains("apt-get install cuda-cudart-%1$d-0 libcublas-%1$d-0".formatted(cuda.toolkit()),
                        "pip install nvidia-cuda-runtime==%d.0.*".formatted(cuda.toolkit()));
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
                .containsExactly(failed() + "the NVIDIA driver runs CUDA up to 12.4, this module needs " + cuda.toolkit() + ".0. Update the driver "
                        + "or use llama-ffm-native-cuda12.");
    }

    @Test
    void aCardThatIsTooOld() throws IOException {
        assertThat(withDriver("TOY_CAPABILITY", "61"))
                .containsExactly(failed() + "the GPU has compute capability 6.1, CUDA 13 needs 7.5. Use llama-ffm-native-cuda12.");
    }

    /** One after the other in one process: none keeps the next from being looked at. */
    @Test
    void modulesThatCannotBeUsed() throws IOException {
        NativeFolder truncated = spoiled("truncated");
        byte[] whole = Files.readAllBytes(file(truncated));
        Files.write(file(truncated), Arrays.copyOf(whole, whole.length / 2));
        NativeFolder unreadable = spoiled("unreadable");
        Files.delete(file(unreadable));
        Files.createSymbolicLink(file(unreadable), Path.of(MODULE));
        NativeFolder otherAbi = spoiled("other-abi").setProperty("abi.id", "0123456789ab");
        NativeFolder damaged = spoiled("damaged");
        Files.write(file(damaged), new byte[4096]);
        damaged.reindex();
        NativeFolder cutBeforeItsIndex = spoiled("cut");
        Files.write(file(cutBeforeItsIndex), Arrays.copyOf(whole, whole.length / 2));
        cutBeforeItsIndex.reindex();
        NativeFolder foreign = foreign(spoiled("foreign"), whole);

        List<String> lines = report(child -> withDriverAndLibraries(child)
                .property(
                        "llamaffm.library.path",
                        libraryPath(truncated.path(), unreadable.path(), otherAbi.path(), damaged.path(), cutBeforeItsIndex.path(), foreign.path())));

        String platform = NativeLibrary.report().platform();
        assertThat(lines).as("and nothing of CUDA is opened").satisfiesExactly(
                line -> assertThat(line).isEqualTo(
                        named(truncated) + file(truncated) + " has " + whole.length / 2 + " bytes, the index says " + whole.length),
                line -> assertThat(line).isEqualTo(named(unreadable) + "the folder is incomplete: " + file(unreadable)
                        + ": Too many levels of symbolic links or unable to access attributes of symbolic link"),
                line -> assertThat(line).isEqualTo(named(otherAbi) + "its modules have ABI id 0123456789ab, the core library has "
                        + NativeLibrary.report().abiId() + ". Use native libraries of one release."),
                line -> assertThat(line).isEqualTo(file(damaged) + FAILED + "it is damaged: its first bytes are those of no library. Fetch it again."),
                line -> assertThat(line).startsWith(file(cutBeforeItsIndex) + FAILED + "it is cut short: it has " + whole.length / 2 + " bytes, its header tells of "),
                line -> assertThat(line).isEqualTo(file(foreign) + FAILED + "it is built for s390, this Java runs on " + platform
                        + ". Use the library for " + platform + '.'));
    }

    /** One whose header names another processor. */
    private static NativeFolder foreign(NativeFolder folder, byte[] whole) throws IOException {
        byte[] other = whole.clone();
        other[18] = 22;
        Files.write(file(folder), other);
        return folder.reindex();
    }

    @Test
    void aJarOfAnotherProcessorIsNotExtracted() throws IOException {
        foreign(module, Files.readAllBytes(file(module)));

        assertThat(report(child -> withJars(withDriverAndLibraries(child))))
                .singleElement()
                .asString()
                .startsWith(MODULE + " of " + CudaBundle.class.getName() + ": FAILED, it is built for s390");
        assertThat(extracted()).noneMatch(name -> name.contains("cuda"));
    }

    private NativeFolder spoiled(String name) throws IOException {
        return module.copyTo(scratch.resolve("spoiled-cuda-" + name));
    }

    private static Path file(NativeFolder folder) {
        return folder.path().resolve(MODULE);
    }

    private static String named(NativeFolder folder) {
        return folder.path() + " (-Dllamaffm.library.path): FAILED, ";
    }

    @Test
    void aModuleThatFindsItsLibrariesAndNoDevice() throws IOException {
        List<String> lines = withDriver("LLAMAFFM_CUDA_PATH", cuda.runtime().toString());

        assertThat(lines)
                .containsExactly(
                        cuda.runtime().resolve(so("cudart")) + ": USED, CUDA run-time library",
                        cuda.runtime().resolve(so("cublasLt")) + ": USED, CUDA run-time library",
                        cuda.runtime().resolve(so("cublas")) + ": USED, CUDA run-time library",
                        failed() + "it is loaded and finds no device");
    }

    @Test
    void librariesThatTheSystemFinds() throws IOException {
        assertThat(withDriver("LD_LIBRARY_PATH", cuda.driver() + ":" + cuda.runtime()))
                .startsWith(so("cudart") + ": USED, CUDA run-time library, found by the system")
                .endsWith(failed() + "it is loaded and finds no device");
    }

    @Test
    void theNewestThatTheDriverRunsIsTaken() throws IOException {
        Path older = new NativeFolder(cuda.module()).copyTo(scratch.resolve("older")).setProperty("backend", "cuda" + (cuda.toolkit() - 1)).path();
        String path = libraryPath(older, module.path());

        assertThat(report(child -> withDriverAndLibraries(child).property("llamaffm.library.path", path)))
                .contains(failed() + "it is loaded and finds no device")
                .last()
                .isEqualTo(older.resolve(MODULE) + ": REJECTED, " + module.path().resolve(MODULE) + " comes first");
        assertThat(report(child -> withDriverAndLibraries(child)
                        .environment("TOY_VERSION", (cuda.toolkit() - 1) * 1000 + 90)
                        .property("llamaffm.library.path", path)))
                .satisfiesExactly(
                        newer -> assertThat(newer).startsWith(failed() + "the NVIDIA driver runs CUDA up to " + (cuda.toolkit() - 1) + ".9"),
                        taken -> assertThat(taken)
                                .startsWith(older.resolve(MODULE) + ": FAILED, libcudart.so." + (cuda.toolkit() - 1) + " was not found"));
    }

    @Test
    void aJarIsExtractedOnlyWhereItCanRun() throws IOException {
        assertThat(report(child -> withJars(withDriverAndLibraries(child)).environment("TOY_INIT", "999")))
                .singleElement()
                .asString()
                .startsWith(MODULE + " of " + CudaBundle.class.getName() + ": FAILED, the NVIDIA driver does not start");
        assertThat(extracted()).noneMatch(name -> name.contains("cuda"));

        assertThat(report(child -> withJars(withDriverAndLibraries(child)))).last().asString().endsWith(MODULE + ": FAILED, it is loaded and finds no device");
        assertThat(extracted()).anyMatch(name -> name.contains("-cuda" + cuda.toolkit() + "-"));
    }

    /** With native jars alone: the core's, the module's and further ones. */
    final ChildJvm withJars(ChildJvm child, Path... further) {
        try {
            Path jar = module.pack(scratch.resolve("cuda.jar"), CudaBundle.class);
            Stream<Path> jars = Stream.concat(Stream.of(jar), Stream.of(further));
            return child.property("llamaffm.library.path", null)
                    .property("llamaffm.cache.dir", scratch.resolve("cache"))
                    .classPath(System.getProperty("java.class.path") + File.pathSeparator
                            + Loading.classPath(jars.toArray(Path[]::new)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> extracted() throws IOException {
        try (Stream<Path> folders = Files.list(scratch.resolve("cache/natives"))) {
            return folders.map(folder -> folder.getFileName().toString()).toList();
        }
    }
}
