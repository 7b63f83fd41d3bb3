package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.scripts.Checkout.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code native/check} on a core and a module of a few functions, which lack or have what a released library must not. */
class NativeCheckIT {

    private static final String CORE = "libllamaffm-0123456789ab.so";
    private static final String GOOD = "void lf_init(void) {} void llama_decode(void) {}\n";
    private static final String MODULE = "void lf_init(void); void ggml_backend_init(void) { lf_init(); lf_init(); }\n";

    @TempDir
    private Path folder;

    private Checkout checkout;
    private Path natives;

    @BeforeEach
    void makeFolder() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "reads what this machine's compiler made for Linux x86-64");
        assumeTrue(Stream.of(System.getenv("PATH").split(File.pathSeparator)).anyMatch(f -> Files.isExecutable(Path.of(f, "llvm-readelf"))),
                "llvm, which reads libraries of all platforms, is not installed");
        checkout = new Checkout(folder);
        checkout.copyScript("native/cmake/check");
        checkout.write("bindings/src/generated/includes.txt", "--include-function lf_init\n--include-struct x\n--include-function llama_decode\n");
        natives = Files.createDirectories(folder.resolve("natives"));
        Files.writeString(natives.resolve("index.properties"), "platform=linux-x86_64\nbackend=cpu\ncore=" + CORE + "\n");
        compile(CORE, GOOD, "-nostdlib", "-s");
        compile("libggml-cpu-x64.so", MODULE, "-nostdlib", "-s", natives.resolve(CORE).toString());
    }

    private void compile(String name, String source, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("source.c"), source);
        List<String> command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-Wl,-soname," + name, "-Wl,-rpath,$ORIGIN",
                "-o", natives.resolve(name).toString(), file.toString(), "-Wl,--no-as-needed"));
        command.addAll(List.of(options));
        Checkout.prepare(folder, command.toArray(String[]::new));
    }

    private void refused(String why) {
        Run run = checkout.run("native/check", natives.toString());
        assertThat(run.status()).as(run.err()).isEqualTo(1);
        assertThat(run.err()).contains("error: " + why);
    }

    @Test
    void saysWhatEachLibraryNeedsAndExports() {
        Run run = checkout.run("native/check", natives.toString());

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains(CORE + ": ", "; run path $ORIGIN; exports 2\n",
                " bytes; needs " + CORE + "; run path $ORIGIN; exports 1\n");
    }

    @Test
    void refusesWhatIsExportedTooMuchOrTooLittle() throws IOException {
        compile(CORE, GOOD + "void atexit_of_another(void) {}\n", "-nostdlib", "-s");
        refused(CORE + " exports atexit_of_another, which nobody is to call.");

        compile(CORE, "void lf_init(void) {}\n", "-nostdlib", "-s");
        refused(CORE + " does not export what the bindings call: llama_decode");

        compile(CORE, GOOD, "-nostdlib", "-s");
        compile("libggml-cpu-x64.so", MODULE + "void lf_x(void) {}\n", "-nostdlib", "-s", natives.resolve(CORE).toString());
        refused("libggml-cpu-x64.so exports lf_x, not ggml_backend_init and ggml_backend_score alone.");
    }

    @Test
    void refusesSocketsAndProcesses() throws IOException {
        compile(CORE, GOOD + "int connect(void); int (*lf_x)(void) = connect;\n", "-nostdlib", "-s");
        refused(CORE + " imports connect: nothing but the RPC module talks to a network.");

        compile(CORE, GOOD + "int execvp(void); int (*lf_x)(void) = execvp;\n", "-nostdlib", "-s");
        refused(CORE + " imports execvp: nothing starts a process.");
    }

    @Test
    void refusesWhatOtherMachinesLack() throws IOException {
        compile(CORE, GOOD, "-s", "-lgcc_s");
        refused(CORE + " needs libgcc_s.so.1, which linux-x86_64 does not have.");

        compile(CORE, GOOD + "__asm__(\".symver new_in_2_34, dlopen@GLIBC_2.34\"); void new_in_2_34(void); void (*lf_x)(void) = new_in_2_34;\n", "-s");
        refused(CORE + " needs GLIBC_2.34; 2.17 is what linux-x86_64 has.");

        compile(CORE, GOOD, "-nostdlib", "-s", "-Wl,-rpath,/opt");
        refused(CORE + " looks for libraries in '$ORIGIN:/opt', not in $ORIGIN.");
    }

    @Test
    void refusesWhatIsNotStrippedOrPassesNoException() throws IOException {
        compile(CORE, GOOD, "-nostdlib");
        refused(CORE + " is not stripped.");

        compile(CORE, GOOD, "-nostdlib", "-s", "-fno-asynchronous-unwind-tables");
        refused(CORE + " has no .eh_frame: an error in it would end the process.");
    }

    @Test
    void refusesAModuleOfNoCore() throws IOException {
        compile("libggml-cpu-x64.so", "void ggml_backend_init(void) {}\n", "-nostdlib", "-s");
        refused("libggml-cpu-x64.so does not need " + CORE + ", but: ");
    }

    @Test
    void takesAGpuModuleForItsRunTimeLibrariesOnly() throws IOException {
        Files.delete(natives.resolve("libggml-cpu-x64.so"));
        Files.writeString(natives.resolve("index.properties"),
                "platform=linux-x86_64\nbackend=vulkan\nabi.id=0123456789ab\ntoolchain=zig 1\nmodules=libggml-vulkan.so\n");
        compile("libvulkan.so.1", "int vkOne(void) { return 1; }\n", "-nostdlib");
        Path core = Files.move(natives.resolve(CORE), folder.resolve(CORE));
        Path loader = Files.move(natives.resolve("libvulkan.so.1"), folder.resolve("libvulkan.so.1"));
        compile("libggml-vulkan.so", MODULE, "-nostdlib", "-s", core.toString(), loader.toString());

        Run run = checkout.run("native/check", natives.toString());

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("libggml-vulkan.so: ", " bytes; needs " + CORE + " libvulkan.so.1; run path $ORIGIN; exports 1\n");

        compile("libggml-vulkan.so", MODULE, "-nostdlib", "-s", core.toString());
        refused("libggml-vulkan.so does not need libvulkan.so.1, but: " + CORE);

        compile("libggml-vulkan.so", MODULE, "-s", core.toString(), loader.toString(), "-lgcc_s");
        refused("libggml-vulkan.so needs libgcc_s.so.1, which linux-x86_64 does not have.");
    }

    @Test
    void refusesAnotherPlatformsLibrary() throws IOException {
        Files.writeString(natives.resolve("index.properties"), "platform=linux-aarch_64\nbackend=cpu\ncore=" + CORE + "\n");
        refused("libggml-cpu-x64.so is not elf64-littleaarch64.");
    }
}
