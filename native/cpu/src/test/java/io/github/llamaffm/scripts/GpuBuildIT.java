package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.scripts.Checkout.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code native/build cuda13} with a module of one function: its cache, what it assembles, and what it refuses. */
class GpuBuildIT {

    private static final String BUILD = "native/build";

    /** What {@code native/check} wants of a CUDA module. */
    private static final String MODULE = """
            cmake_minimum_required(VERSION 3.25)
            project(tiny LANGUAGES C CXX)
            set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
            set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
            if(LLAMAFFM_CORE)
                file(APPEND ${CMAKE_BINARY_DIR}/configured "${CMAKE_CUDA_ARCHITECTURES}\n")
                string(REGEX MATCH "/(1[23])[.][0-9]/bin/nvcc$" path "${CMAKE_CUDA_COMPILER}")
                foreach(library cudart:${CMAKE_MATCH_1} cublas:${CMAKE_MATCH_1} cuda:1)
                    string(REPLACE ":" ";" library ${library})
                    list(GET library 0 name)
                    list(GET library 1 version)
                    file(WRITE ${CMAKE_BINARY_DIR}/${name}.c "")
                    add_library(${name} SHARED ${CMAKE_BINARY_DIR}/${name}.c)
                    set_target_properties(${name} PROPERTIES VERSION ${version} SOVERSION ${version})
                endforeach()
                file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/module.cpp CONTENT [[
                    extern "C" void f();
                    extern "C" int ggml_backend_init() { try { f(); } catch (int) { return 1; } return 0; }
                    #ifdef MORE
                    extern "C" int more() { return 1; }
                    #endif
                ]])
                add_library(llamaffm-cuda MODULE ${CMAKE_BINARY_DIR}/module.cpp)
                target_link_options(llamaffm-cuda PRIVATE -Wl,--no-as-needed)
                target_link_libraries(llamaffm-cuda PRIVATE ${LLAMAFFM_CORE} cudart cublas cuda)
                set_target_properties(llamaffm-cuda PROPERTIES OUTPUT_NAME ggml-cuda LIBRARY_OUTPUT_DIRECTORY
                    ${CMAKE_BINARY_DIR}/modules BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
            else()
                add_library(llamaffm-0123456789ab SHARED native/shim/core.c)
                add_library(ggml-cpu-x64 MODULE native/shim/core.c)
                add_library(ggml-rpc MODULE native/shim/core.c)
                add_library(faults SHARED native/shim/core.c)
                add_executable(ref native/ref/ref.c)
                add_executable(probe native/ref/ref.c)
                add_executable(guarded native/ref/ref.c)
                add_library(ggml-failing MODULE native/shim/core.c)
                add_custom_target(natives DEPENDS llamaffm-0123456789ab ggml-cpu-x64 ggml-rpc ref probe guarded ggml-failing faults)
            endif()
            """;

    @TempDir
    private Path folder;

    private Checkout checkout;

    @BeforeEach
    void makeCheckout() throws IOException {
        Path upstream = Files.createDirectories(folder.resolve("upstream"));
        Files.createDirectories(upstream.resolve("include"));
        Files.writeString(upstream.resolve("include/llama.h"), "");
        Checkout.git(upstream, "init", "-q");
        Checkout.git(upstream, "add", "-A");
        String tree = Checkout.git(upstream, "write-tree");

        checkout = new Checkout(folder);
        checkout.environment.put("LLAMA_CPP_DIR", upstream.toString());
        checkout.environment.put("CUDACXX", compiler("13.0").toString());
        checkout.write("third_party/llama.cpp/pin.properties", "release=v1.2\ntree=" + tree + "\n");
        checkout.write("bindings/bindings.lock", "abi.id=0123456789ab\n");
        checkout.write("CMakePresets.json", """
                {"version": 6, "configurePresets": [{"name": "cpu", "generator": "Ninja"}, {"name": "cuda", "generator": "Ninja"}]}
                """);
        checkout.write("CMakeLists.txt", MODULE);
        checkout.write("native/core.cmake", "");
        checkout.write("native/gpu.cmake", "");
        checkout.write("native/module.map", "");
        checkout.write("native/cuda/requirements.txt", "");
        checkout.write("native/cuda/libcuda_stub.c", "");
        checkout.write("native/shim/core.c", "void f(void) {}\n");
        checkout.write("native/probe/probe.c", "");
        checkout.write("native/faults/faults.c", "");
        checkout.write("native/ref/ref.c", "int main(void) { return 0; }\n");
    }

    private Path compiler(String version) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("cuda tools/" + version + "/bin"));
        Path compiler = Files.writeString(bin.resolve("nvcc"),
                "#!/bin/sh\necho Cuda compilation tools, release " + version + ", V" + version + ".88\n");
        assertThat(compiler.toFile().setExecutable(true)).isTrue();
        return compiler;
    }

    private Path build() {
        Run run = checkout.run(BUILD, "cuda13");
        assertThat(run.status()).as(run.err()).isZero();
        return run.path();
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    private Path buildFolder() throws IOException {
        try (Stream<Path> folders = Files.list(checkout.cache.resolve("build"))) {
            return folders.filter(f -> f.getFileName().toString().startsWith("cuda13-")).findFirst().orElseThrow();
        }
    }

    @Test
    void makesAFolderOfTheModuleForTheCore() throws IOException {
        Path built = build();

        assertThat(names(built)).containsExactlyInAnyOrder("libggml-cuda.so", "index.properties");
        Properties index = new Properties();
        try (var in = Files.newBufferedReader(built.resolve("index.properties"))) {
            index.load(in);
        }
        assertThat(index)
                .containsEntry("abi.id", "0123456789ab")
                .containsEntry("backend", "cuda13")
                .containsEntry("modules", "libggml-cuda.so")
                .containsKey("file.libggml-cuda.so")
                .doesNotContainKey("core")
                .hasEntrySatisfying("toolchain", toolchain -> assertThat(toolchain.toString()).endsWith("nvcc 13.0.88"));
    }

    @Test
    void buildsForTheArchitecturesAskedFor() throws IOException {
        Path byDefault = build();
        assertThat(buildFolder().resolve("configured")).hasContent("\n");

        checkout.environment.put("LLAMAFFM_CUDA_ARCHITECTURES", "80-virtual 90-real");
        Path shorter = build();

        assertThat(shorter).isNotEqualTo(byDefault);
        assertThat(shorter.resolve("index.properties")).content().contains("-DCMAKE_CUDA_ARCHITECTURES=80-virtual;90-real\n");
        assertThat(Files.list(checkout.cache.resolve("build")).map(f -> f.resolve("configured")).filter(Files::exists))
                .anySatisfy(configured -> assertThat(configured).hasContent("80-virtual;90-real\n"));
    }

    @Test
    void buildsForCuda12ByTheSameScripts() throws IOException {
        checkout.environment.put("CUDACXX", compiler("12.4").toString());

        Run run = checkout.run(BUILD, "cuda12");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains("needs libllamaffm-0123456789ab.so libcudart.so.12 libcublas.so.12 libcuda.so.1");
        assertThat(run.path().resolve("index.properties")).content().contains("backend=cuda12\n", "nvcc 12.4.88");
        assertThat(run.path().getFileName().toString()).startsWith("cuda12-");
    }

    @Test
    void compilesNothingAgainForAnotherCore() throws IOException {
        build();
        Path object = buildFolder().resolve("CMakeFiles/llamaffm-cuda.dir/module.cpp.o");
        var compiled = Files.getLastModifiedTime(object);

        checkout.write("native/shim/core.c", "void f(void) {} void g(void) {}\n");
        checkout.write("CMakePresets.json", Files.readString(checkout.root.resolve("CMakePresets.json")) + "\n");
        build();

        assertThat(Files.getLastModifiedTime(object)).isEqualTo(compiled);
    }

    @Test
    void refusesAModuleThatTheLoaderCouldNotUse() {
        checkout.environment.put("CXXFLAGS", "-DMORE");

        Run run = checkout.run(BUILD, "cuda13");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("libggml-cuda.so exports 'ggml_backend_init more', not ggml_backend_init alone.");
        assertThat(checkout.cache.resolve("native")).isDirectoryNotContaining(f -> f.getFileName().toString().matches("cuda13-.{12}"));
    }

    @Test
    void tellsWhyItHasNoToolkit() throws IOException {
        checkout.environment.put("CUDACXX", compiler("12.4").toString());
        checkout.write("native/cuda/requirements.txt", "no-such-package==1 --hash=sha256:" + "0".repeat(64) + "\n");
        checkout.onlyPrograms("git", "c++", "cmake", "ninja", "python3", "readelf", "strip", "cc");

        Run run = checkout.run(BUILD, "cuda13");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("nvcc is of CUDA 12.4, not 13", "PyPI: ERROR:", "set CUDACXX to its bin/nvcc");
    }
}
