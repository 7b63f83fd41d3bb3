package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.scripts.Checkout.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What surrounds the cross compiler: the flags it is given, how a build for a platform fails, and {@code ci/natives}. */
class ReleaseBuildIT {

    private static final String COMPILER = "native/cmake/compiler";
    private static final String X86 = "x86_64-linux-gnu.2.17";
    private static final String ARM = "aarch64-linux-gnu.2.17";
    private static final String MAC = "aarch64-macos.11.0";
    private static final String WINDOWS = "x86_64-windows-gnu";

    @TempDir
    private Path folder;

    private Checkout checkout;
    private Path zig;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = new Checkout(folder);
        List.of(COMPILER, "native/cmake/check", "native/cmake/toolkit", "ci/natives").forEach(checkout::copyScript);
        // Says what it was called with, one argument a line.
        zig = program("a zig", "printf '%s\\n' \"$@\"");
    }

    private Path program(String name, String script) throws IOException {
        Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    private List<String> compile(String target, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = zig.toString();
        all[1] = "c++";
        all[2] = target;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        Run run = checkout.run(COMPILER, all);
        assertThat(run.status()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines.subList(0, 4)).containsExactly("c++", "-target", target, "-g0");
        return lines.subList(4, lines.size());
    }

    @ParameterizedTest
    @CsvSource({
        ARM + ", armv8-a, generic",
        ARM + ", armv8.2-a+dotprod, generic+v8_2a+dotprod",
        ARM + ", armv8.6-a+dotprod+fp16+sve+i8mm+nosme, generic+v8_6a+dotprod+fullfp16+sve+i8mm+nosme",
        ARM + ", armv9.2-a+sve2+sme, generic+v9_2a+sve2+sme",
        MAC + ", armv8.6-a+dotprod, apple_m1",
        MAC + ", armv8.6-a+dotprod+i8mm+nosve, apple_m2",
        MAC + ", armv9.2-a+dotprod+i8mm+nosve+sme, apple_m4",
    })
    void namesAProcessorOfArmAsZigDoes(String target, String march, String cpu) {
        assertThat(compile(target, "-march=" + march, "-mfp16-format=ieee", "a b.c")).containsExactly("-mcpu=" + cpu, "a b.c");
    }

    @Test
    void passesOnWhatZigKnows() {
        assertThat(compile(X86, "-mavx2", "-O3", "-DX=\"a b\"")).containsExactly("-mavx2", "-O3", "-DX=\"a b\"");
    }

    @Test
    void addsTheFeatureThatAvx512Needs() {
        assertThat(compile(X86, "-mavx512f")).containsExactly("-mavx512f", "-mevex512");
    }

    @Test
    void rewritesWhatGoesToTheLinker() {
        assertThat(compile(X86, "-Xlinker", "--version-script=x y.map", "-Wl,-Bsymbolic-functions", "-Xlinker", "--no-undefined"))
                .containsExactly("-Wl,--version-script=x y.map", "-Wl,--undefined-version", "-Wl,-Bsymbolic", "-Wl,--no-undefined");
        assertThat(compile(MAC, "-bundle", "-o", "bin/x y.so")).containsExactly("-dynamiclib", "-install_name", "@rpath/x y.so", "-o", "bin/x y.so");
    }

    @Test
    void listsForWindowsWhatAVersionScriptNames() throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        program("bin/llvm-nm", """
                [ "$5" = two.obj ] || exit 1
                printf '%s\\n' 'lf_one T 0' 'lf_data D 0' 'llama_two T 0' 'my_lf_three T 0' 'atexit T 0' 'ggml_backend_init T 0'""");
        checkout.environment.merge("PATH", folder.resolve("bin") + ":", (path, bin) -> bin + path);
        Path map = Files.writeString(folder.resolve("core.map"), "/* About. */\n{\n    global: lf_*; llama_*;\n        ggml_backend_init;\n    local: *;\n};\n");
        Path library = folder.resolve("library.dll");

        assertThat(compile(WINDOWS, "-o", library.toString(), "one.obj", "two.obj", "-Xlinker", "--version-script=" + map, "-Wl,-Bsymbolic-functions"))
                .containsExactly("-o", library.toString(), "one.obj", "two.obj", library + ".def");
        assertThat(folder.resolve("library.dll.def")).hasContent("EXPORTS\nggml_backend_init\nlf_one\nllama_two\n");
    }

    @Test
    void takesNoCacheThatCMakeCouldNotQuote() {
        checkout.environment.put("LLAMAFFM_BUILD_CACHE", folder.resolve("a cache").toString());

        Run run = checkout.run("native/cmake/toolkit");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("error: the build cache " + folder.resolve("a cache")
                + " has a space in its path: set LLAMAFFM_BUILD_CACHE to one without.\n");
    }

    @Test
    void namesThePlatformsThereAre() {
        Run run = checkout.run("ci/natives", "linux-sparc");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("error: no platform linux-sparc. There are: linux-x86_64 linux-aarch_64 windows-x86_64 ");
    }

    @Test
    void tellsItsUsage() {
        for (String[] arguments : new String[][] {{"--twice"}, {"--all"}}) {
            Run run = checkout.run("ci/natives", arguments);
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("  ci/natives [PLATFORM…]", "  ci/natives --test", "  ci/natives --twice PLATFORM…");
        }
    }

    @Test
    void checksAFolderOfNativesOnly() throws IOException {
        Run run = checkout.run("native/check", folder.toString());
        assertThat(run.err()).isEqualTo("error: " + folder + " has no index.properties: name a folder that native/build made.\n");

        Files.writeString(folder.resolve("index.properties"), "backend=cpu\nplatform=linux-sparc\ncore=x.so\n");
        run = checkout.run("native/check", folder.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("platform=linux-sparc is none of those that are released");
    }
}
