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

/** {@code native/build} with libraries of one line each: its cache, what it assembles, and how it fails. */
class NativeBuildIT {

    private static final String BUILD = "native/build";
    private static final String SHIM = "native/shim/core.c";

    @TempDir
    private Path folder;

    private Checkout checkout;

    @BeforeEach
    void makeCheckout() throws IOException {
        Path upstream = Files.createDirectories(folder.resolve("upstream"));
        Files.createDirectories(upstream.resolve("include"));
        Files.writeString(upstream.resolve("include/llama.h"), "");
        Files.createDirectories(upstream.resolve("ggml/src"));
        Files.writeString(upstream.resolve("ggml/src/CMakeLists.txt"), """
                if (GGML_SYSTEM_ARCH STREQUAL "x86")
                    ggml_add_cpu_backend_variant(x64)
                    ggml_add_cpu_backend_variant(haswell            SSE42 AVX2)
                    ggml_add_cpu_backend_variant(skylakex           SSE42 AVX2 AVX512)
                elseif (GGML_SYSTEM_ARCH STREQUAL "ARM")
                    ggml_add_cpu_backend_variant(haswell            NEON)
                """);
        Checkout.git(upstream, "init", "-q");
        Checkout.git(upstream, "add", "-A");
        String tree = Checkout.git(upstream, "write-tree");

        checkout = new Checkout(folder);
        checkout.environment.put("LLAMA_CPP_DIR", upstream.toString());
        checkout.write("third_party/llama.cpp/pin.properties", "release=v1.2\ntree=" + tree + "\n");
        checkout.write("bindings/bindings.lock", "abi.id=0123456789ab\n");
        checkout.write("CMakePresets.json", """
                {"version": 6, "configurePresets": [{"name": "cpu", "generator": "Ninja"}, {"name": "peers", "generator": "Ninja"}]}
                """);
        checkout.write("CMakeLists.txt", """
                cmake_minimum_required(VERSION 3.25)
                project(tiny LANGUAGES C)
                set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
                set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
                add_library(llamaffm-0123456789ab SHARED native/shim/core.c)
                add_library(ggml-cpu-x64 MODULE native/shim/core.c)
                add_library(ggml-cpu-haswell MODULE native/shim/core.c)
                add_library(ggml-rpc MODULE native/shim/core.c)
                add_executable(ref native/ref/ref.c)
                add_executable(probe native/probe/probe.c)
                add_executable(guarded native/ref/ref.c)
                add_library(ggml-failing MODULE native/shim/core.c)
                add_library(faults SHARED native/shim/core.c)
                add_custom_target(natives DEPENDS llamaffm-0123456789ab ggml-cpu-x64 ggml-cpu-haswell ggml-rpc ref probe guarded ggml-failing faults)
                foreach(tool chat-answers llama-bench llama-batched-bench llama-completion llama-gguf-split llama-perplexity
                        llama-quantize llama-server llama-tokenize test-gbnf-validator test-llama-archs test-tokenizer-0)
                    add_executable(${tool} native/ref/ref.c)
                endforeach()
                file(WRITE ${CMAKE_BINARY_DIR}/bin/switches "${GGML_SSE42} ${GGML_AVX2} ${GGML_AVX512} ${GGML_NEON}")
                """);
        checkout.write("native/core.cmake", "");
        checkout.write("native/peers/load_backends.c", "");
        checkout.write(SHIM, "int answer(void) { return 42; }\n");
        checkout.write("native/probe/probe.c", "int main(void) { return 0; }\n");
        checkout.write("native/faults/faults.c", "int fault(void) { return 0; }\n");
        checkout.write("native/ref/ref.c", """
                #include <stdio.h>
                int main(void) { puts("libggml-cpu-haswell.so"); return 0; }
                """);
    }

    private Path build(String... arguments) {
        Run run = checkout.run(BUILD, arguments);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.path()).startsWith(checkout.cache.resolve("native")).isDirectory();
        return run.path();
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    @Test
    void makesAFlatFolderWithAnIndex() throws IOException {
        Path built = build("cpu");

        assertThat(names(built)).containsExactlyInAnyOrder("libllamaffm-0123456789ab.so", "libggml-cpu-haswell.so",
                "libggml-cpu-x64.so", "libggml-rpc.so", "probe", "index.properties", "tools");
        assertThat(names(built.resolve("tools"))).containsExactlyInAnyOrder("ref", "guarded", "libggml-failing.so", "libfaults.so");
        Properties index = new Properties();
        try (var in = Files.newBufferedReader(built.resolve("index.properties"))) {
            index.load(in);
        }
        assertThat(index)
                .containsEntry("format", "1")
                .containsEntry("abi.id", "0123456789ab")
                .containsEntry("build.id", built.getFileName().toString().substring("cpu-".length()))
                .containsEntry("llama.cpp.version", "1.2")
                .containsEntry("backend", "cpu")
                .containsEntry("core", "libllamaffm-0123456789ab.so")
                .containsEntry("modules", "libggml-cpu-haswell.so,libggml-cpu-x64.so,libggml-rpc.so");
        assertThat(index).containsKey("file.probe");
        Path core = built.resolve(index.getProperty("core"));
        assertThat(index.getProperty("file." + index.getProperty("core"))).isEqualTo(Files.size(core) + " "
                + Checkout.prepare(built, "sha256sum", core.toString()).substring(0, 64));
    }

    @Test
    void reusesWhatItBuilt() {
        Path first = build("cpu");

        Run again = checkout.run(BUILD, "cpu");

        assertThat(again.path()).isEqualTo(first);
        assertThat(again.err()).isEmpty();
    }

    @Test
    void buildsAnewWhenAnInputChanges() {
        Path first = build("cpu");

        checkout.write("native/shim/README.md", "Documentation is no input.");
        assertThat(build("cpu")).isEqualTo(first);
        checkout.write(SHIM, "int answer(void) { return 43; }\n");
        Path second = build("cpu");
        assertThat(second).isNotEqualTo(first);
        checkout.environment.put("CFLAGS", "-O1");
        assertThat(build("cpu")).isNotIn(first, second);
    }

    @Test
    void copiesIntoAFolderAndReplacesAnEarlierCopy() throws IOException {
        Path target = folder.resolve("classes/natives");
        build("cpu", "--into", target.toString());
        Files.writeString(target.resolve("libllamaffm-older.so"), "");

        build("cpu", "--into", target.toString());

        assertThat(names(target)).containsExactlyInAnyOrder("libllamaffm-0123456789ab.so", "libggml-cpu-haswell.so",
                "libggml-cpu-x64.so", "libggml-rpc.so", "probe", "index.properties");
    }

    @Test
    void doesNotEmptyAFolderOfSomethingElse() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "");

        Run run = checkout.run(BUILD, "cpu", "--into", folder.toString());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("error: " + folder + " has files that are not an earlier copy");
        assertThat(precious).exists();
    }

    @Test
    void buildsPeersForTheVariantThatThisMachineChooses() throws IOException {
        Path link = folder.resolve("target/peers");

        Path built = build("peers", "--link", link.toString());

        assertThat(link.toRealPath()).isEqualTo(built.toRealPath());
        assertThat(link.resolve("llama-server")).isExecutable();
        assertThat(link.resolve("peers.properties")).content().contains("variant=haswell\n");
        assertThat(link.resolve("switches")).hasContent("ON ON OFF ");
    }

    @Test
    void showsWhatFailedAndKeepsNothing() {
        checkout.write(SHIM, "int answer(void) { return forty_two; }\n");

        Run run = checkout.run(BUILD, "cpu");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("forty_two", "error: the build of preset cpu failed. Log: ");
        assertThat(checkout.cache.resolve("native")).isDirectoryNotContaining(Files::isDirectory);
        assertThat(checkout.cache).isDirectoryNotContaining(f -> f.getFileName().toString().startsWith("tmp."));
    }

    @Test
    void buildsOnceWhenTwoAsk() throws Exception {
        Path said = folder.resolve("said");
        Process first = checkout.start(said, BUILD, "cpu");
        Process second = checkout.start(folder.resolve("said too"), BUILD, "cpu");

        assertThat(first.waitFor()).isZero();
        assertThat(second.waitFor()).isZero();
        assertThat(Files.readString(said) + Files.readString(folder.resolve("said too"))).containsOnlyOnce("building preset cpu");
    }

    @Test
    void namesThePackagesOfMissingTools() {
        checkout.onlyPrograms("git");

        Run run = checkout.run(BUILD, "cpu");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("cannot be built, missing: cmake ninja C++-compiler.")
                .contains("apt-get install cmake ninja-build g++", "dnf install cmake ninja-build gcc-c++", "brew install cmake ninja")
                .contains("mvn -Dnative.skip");
    }

    @Test
    void refusesAnOldCMake() throws IOException {
        checkout.onlyPrograms("git", "c++", "ninja");
        Path cmake = Files.writeString(folder.resolve("bin/cmake"), "#!/bin/sh\necho cmake version 3.22.1\n");
        assertThat(cmake.toFile().setExecutable(true)).isTrue();

        assertThat(checkout.run(BUILD, "cpu").err()).contains("missing: cmake>=3.25(found:3.22.1).");
    }

    @Test
    void namesThePlatformsOfARelease() {
        Run run = checkout.run(BUILD, "release-linux-sparc");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("error: no platform linux-sparc. There are: linux-x86_64 linux-aarch_64 windows-x86_64 "
                + "linux-x86_64-musl osx-aarch_64 linux-aarch_64-musl osx-x86_64 windows-aarch_64\n");
    }

    @Test
    void namesTheGpuModulesThereAre() {
        Run run = checkout.run(BUILD, "release-osx-aarch_64-vulkan");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("error: there is no vulkan for the released core of osx-aarch_64. There are: "
                + "linux-x86_64-cuda13 linux-x86_64-vulkan windows-x86_64-vulkan linux-aarch_64-vulkan\n");
    }

    @Test
    void tellsItsUsage() {
        for (String[] arguments : new String[][] {{}, {"gpu"}, {"cpu", "--into"}, {"peers", "--into", "x"}, {"cpu", "x"}, {"release-"}}) {
            assertThat(checkout.run(BUILD, arguments)).isEqualTo(new Run(2, "",
                    "usage: native/build cpu|release-PLATFORM[-BACKEND]|peers|cuda13|cuda12|vulkan|cuda13-runtime|peers-readme|sanitize-address|sanitize-thread|decode-nothing [--into FOLDER | --link LINK]\n"));
        }
    }
}
