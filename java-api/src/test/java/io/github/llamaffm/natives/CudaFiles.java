package io.github.llamaffm.natives;

import io.github.llamaffm.bindings.LoadReport;
import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A module for CUDA and what it needs. Where there is nothing of NVIDIA's, the host's C compiler makes what stands in for
 * it: a driver that answers as its environment says, run-time libraries, and a module that is linked to them and to the
 * real core. No GPU is made up: that module has no device, or one that it has no code for.
 *
 * @param driver  folder with the driver's library
 * @param runtime folder with the run-time libraries
 * @param module  folder with the module, as {@code native/build cuda13} makes one
 * @param toolkit major version of CUDA
 */
record CudaFiles(Path driver, Path runtime, Path module, int toolkit) {

    /** A CUDA that no machine has, so that nothing of a real one is found. */
    private static final int NO_TOOLKIT = 99;

    private static final String DRIVER = """
            #include <stdlib.h>
            static int set(const char * name, int otherwise) {
                const char * value = getenv(name);
                return value ? atoi(value) : otherwise;
            }
            int cuDriverGetVersion(int * version) { *version = set("TOY_VERSION", 1000 * TOOLKIT); return 0; }
            int cuInit(unsigned flags) {
                if (set("TOY_CRASH", 0)) {
                    abort();
                }
                return flags ? 1 : set("TOY_INIT", 0);
            }
            int cuGetErrorString(int error, const char ** text) { *text = "as the toy was told"; return error - error; }
            #define UNUSED(name) int name(void) { return 100; }
            UNUSED(cuDeviceGet) UNUSED(cuMemAddressFree) UNUSED(cuMemAddressReserve) UNUSED(cuMemCreate)
            UNUSED(cuMemGetAllocationGranularity) UNUSED(cuMemMap) UNUSED(cuMemRelease) UNUSED(cuMemSetAccess)
            UNUSED(cuMemUnmap)
            int cuDeviceGetCount(int * count) { *count = set("TOY_DEVICES", 1); return 0; }
            int cuDeviceGetAttribute(int * value, int attribute, int device) {
                int capability = set("TOY_CAPABILITY", 90);
                *value = attribute == 75 ? capability / 10 : capability % 10;
                return device;
            }
            """;

    private static final String MODULE = """
            #include "ggml-backend-impl.h"
            #include <stdlib.h>
            #include <string.h>
            int toy_cudart(void);
            int toy_cublas(void);
            static const char * name(ggml_backend_reg_t reg) { (void) reg; return "CUDA"; }
            static size_t count(ggml_backend_reg_t reg) { (void) reg; return getenv("TOY_CARD") != NULL; }
            static const char * card(ggml_backend_dev_t dev) { (void) dev; return "CUDA0"; }
            static enum ggml_backend_dev_type type(ggml_backend_dev_t dev) { (void) dev; return GGML_BACKEND_DEVICE_TYPE_GPU; }
            static void props(ggml_backend_dev_t dev, struct ggml_backend_dev_props * out) {
                memset(out, 0, sizeof *out);
                out->name = out->description = card(dev);
                out->type = type(dev);
            }
            static ggml_backend_buffer_type_t none(ggml_backend_dev_t dev) { (void) dev; return NULL; }
            static ggml_backend_dev_t device(ggml_backend_reg_t reg, size_t i) {
                static struct ggml_backend_device only = { {
                    .get_name = card, .get_description = card, .get_type = type, .get_props = props, .get_buffer_type = none } };
                only.reg = reg;
                return &only + i;
            }
            static struct ggml_backend_feature * features(ggml_backend_reg_t reg) {
                static struct ggml_backend_feature all[] = { { "OTHER", "1" }, { "ARCHS", "1200,900" }, { NULL, NULL } };
                return reg ? all : NULL;
            }
            static void * function(ggml_backend_reg_t reg, const char * name) {
                return reg && strcmp(name, "ggml_backend_get_features") == 0 ? (void *) features : NULL;
            }
            ggml_backend_reg_t ggml_backend_init(void) {
                static struct ggml_backend_reg reg = { GGML_BACKEND_API_VERSION, { name, count, device, function }, NULL };
                GGML_ASSERT(toy_cudart() + toy_cublas() == 0);
                return &reg;
            }
            """;

    /** All of it stands in for something. */
    static CudaFiles toys(Path folder) throws IOException, InterruptedException {
        compileDriver(folder, NO_TOOLKIT);
        Path cudart = library(folder.resolve("runtime/libcudart.so.99"), "int toy_cudart(void) { return 0; }");
        Path cublasLt = library(folder.resolve("runtime/libcublasLt.so.99"), "int toy_cublasLt(void) { return 0; }");
        Path cublas = library(
                folder.resolve("runtime/libcublas.so.99"),
                "int toy_cublasLt(void); int toy_cublas(void) { return toy_cublasLt(); }",
                cublasLt.toString());
        LoadReport report = NativeLibrary.report();
        Path ggml = TestFiles.sources().resolve("ggml");
        Path module = library(
                folder.resolve("cuda/libggml-cuda.so"), MODULE, "-I" + ggml.resolve("include"), "-I" + ggml.resolve("src"),
                cudart.toString(), cublas.toString(), report.core().toString(), "-Wl,--allow-shlib-undefined");
        Files.writeString(module.resolveSibling("index.properties"), """
                format=1
                abi.id=%s
                platform=%s
                backend=cuda%d
                modules=libggml-cuda.so
                """.formatted(report.abiId(), report.platform(), NO_TOOLKIT));
        new NativeFolder(module.getParent()).reindex();
        return new CudaFiles(folder.resolve("driver"), folder.resolve("runtime"), folder.resolve("cuda"), NO_TOOLKIT);
    }

    /** The real module and the real run-time libraries of CUDA 13, on a driver that stands in for NVIDIA's. */
    static CudaFiles real(Path folder, Path module, Path runtime) throws IOException, InterruptedException {
        compileDriver(folder, 13);
        return new CudaFiles(folder.resolve("driver"), runtime, module, 13);
    }

    private static void compileDriver(Path folder, int toolkit) throws IOException, InterruptedException {
        library(folder.resolve("driver/libcuda.so.1"), DRIVER, "-DTOOLKIT=" + toolkit);
    }

    static Path library(Path library, String source, String... options)
            throws IOException, InterruptedException {
        Files.createDirectories(library.getParent());
        Path c = Files.writeString(Path.of(library.getParent() + "-" + library.getFileName() + ".c"), source);
        Path errors = Path.of(c + ".errors");
        String compiler = Optional.ofNullable(System.getenv("CC")).orElse("cc");
        List<String> command = new ArrayList<>(List.of(
                compiler, "-shared", "-fPIC", "-o", library.toString(), "-Wl,-soname," + library.getFileName(), c.toString()));
        command.addAll(List.of(options));
        if (new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(errors.toFile()).start().waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + Files.readString(errors, StandardCharsets.UTF_8));
        }
        return library;
    }
}
