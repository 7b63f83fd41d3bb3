package io.github.llamaffm.natives;

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
 * What stands in for NVIDIA's files where there are none, compiled by the host's C compiler: a driver that answers as its
 * environment says, run-time libraries of a CUDA that does not exist, and a module that is linked to them and to the real
 * core. No GPU is made up: the module has no device.
 *
 * @param folder with one folder for each of them
 */
record ToyCuda(Path folder) {

    /** Of a CUDA that no machine has, so that nothing of a real one is found. */
    static final int TOOLKIT = 99;

    private static final String DRIVER = """
            #include <stdlib.h>
            static int set(const char * name, int otherwise) {
                const char * value = getenv(name);
                return value ? atoi(value) : otherwise;
            }
            int cuDriverGetVersion(int * version) { *version = set("TOY_VERSION", 99000); return 0; }
            int cuInit(unsigned flags) { return flags ? 1 : set("TOY_INIT", 0); }
            int cuGetErrorString(int error, const char ** text) { *text = "as the toy was told"; return error - error; }
            int cuDeviceGetCount(int * count) { *count = set("TOY_DEVICES", 1); return 0; }
            int cuDeviceGetAttribute(int * value, int attribute, int device) {
                int capability = set("TOY_CAPABILITY", 90);
                *value = attribute == 75 ? capability / 10 : capability % 10;
                return device;
            }
            """;

    private static final String MODULE = """
            #include "ggml-backend-impl.h"
            int toy_cudart(void);
            int toy_cublas(void);
            static const char * name(ggml_backend_reg_t reg) { (void) reg; return "CUDA"; }
            static size_t count(ggml_backend_reg_t reg) { (void) reg; return 0; }
            static ggml_backend_dev_t device(ggml_backend_reg_t reg, size_t i) { (void) reg; (void) i; return NULL; }
            ggml_backend_reg_t ggml_backend_init(void) {
                static struct ggml_backend_reg reg = { GGML_BACKEND_API_VERSION, { name, count, device, NULL }, NULL };
                GGML_ASSERT(toy_cudart() + toy_cublas() == 0);
                return &reg;
            }
            """;

    static ToyCuda compile(Path folder) throws IOException, InterruptedException {
        ToyCuda toy = new ToyCuda(folder);
        toy.library("driver/libcuda.so.1", DRIVER);
        Path cudart = toy.library("runtime/libcudart.so.99", "int toy_cudart(void) { return 0; }");
        Path cublasLt = toy.library("runtime/libcublasLt.so.99", "int toy_cublasLt(void) { return 0; }");
        Path cublas = toy.library(
                "runtime/libcublas.so.99", "int toy_cublasLt(void); int toy_cublas(void) { return toy_cublasLt(); }",
                cublasLt.toString());
        Path core = NativeLibrary.report().core();
        Path include = TestFiles.sources().resolve("ggml");
        toy.library(
                "cuda/libggml-cuda.so", MODULE, "-I" + include.resolve("include"), "-I" + include.resolve("src"),
                cudart.toString(), cublas.toString(), "-L" + core.getParent(), "-l:" + core.getFileName(),
                "-Wl,--allow-shlib-undefined");
        Files.writeString(toy.module().resolve("index.properties"), """
                format=1
                abi.id=%s
                platform=%s
                backend=cuda%d
                modules=libggml-cuda.so
                """.formatted(NativeLibrary.report().abiId(), NativeLibrary.report().platform(), TOOLKIT));
        new NativeFolder(toy.module()).reindex();
        return toy;
    }

    Path driver() {
        return folder.resolve("driver");
    }

    Path runtime() {
        return folder.resolve("runtime");
    }

    /** As {@code native/build cuda13} makes one. */
    Path module() {
        return folder.resolve("cuda");
    }

    private Path library(String path, String source, String... options) throws IOException, InterruptedException {
        Path library = folder.resolve(path);
        Files.createDirectories(library.getParent());
        Path c = Files.writeString(folder.resolve(library.getFileName() + ".c"), source);
        Path errors = folder.resolve("errors");
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
