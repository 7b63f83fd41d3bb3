package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Modules that kill the process which uses them, in a JVM that goes on. One of each folder is sound. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the modules that lie are Linux's")
class ProbeIT {

    private static final String SOUND = "libggml-cpu-sound.so";

    @TempDir
    private static Path compiled;

    private static Path lying;

    @TempDir
    private Path scratch;

    private Path folder;
    private Path module;

    @BeforeAll
    static void compile() throws Exception {
        lying = LyingModule.compile(compiled.toRealPath().resolve("lying/libggml-cpu-lying.so"));
    }

    @BeforeEach
    void prepare() throws IOException {
        scratch = scratch.toRealPath();
        folder = Files.createDirectory(scratch.resolve("natives"));
        module = NativeLibrary.report().cpuModule().orElseThrow();
    }

    /** The core, the probe, the real module of this machine, and those that lie. */
    private NativeFolder natives(String... lies) throws IOException {
        Path real = NativeLibrary.report().core();
        Files.copy(real, folder.resolve(real.getFileName()));
        Files.copy(real.resolveSibling("probe"), folder.resolve("probe"));
        Files.copy(module, folder.resolve(SOUND));
        for (String name : lies) {
            Files.copy(lying, folder.resolve(name));
        }
        Files.writeString(folder.resolve("index.properties"), """
                format=1
                abi.id=%s
                platform=%s
                backend=cpu
                core=%s
                modules=%s
                """.formatted(NativeLibrary.report().abiId(), NativeLibrary.report().platform(), real.getFileName(),
                Stream.concat(Stream.of(lies), Stream.of(SOUND)).collect(Collectors.joining(","))));
        return new NativeFolder(folder).reindex();
    }

    private ChildJvm settings(ChildJvm child) {
        return child.property("llamaffm.library.path", folder)
                .property("llamaffm.cache.dir", scratch.resolve("cache"))
                .property("llamaffm.probe", "true");
    }

    private Loading load() throws IOException {
        return Loading.run(scratch, this::settings);
    }

    private Loading withoutProbe() throws IOException {
        return Loading.run(scratch, child -> settings(child).property("llamaffm.probe", null));
    }

    private static String failed(Loading loading, String module) {
        return loading.candidates().stream()
                .filter(line -> line.contains("/" + module + ": FAILED, "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(module + " did not fail: " + loading.text()));
    }

    @Test
    void everyWayToDieCostsTheModuleAlone() throws IOException {
        natives("libggml-cpu-illegal.so", "libggml-cpu-unscored.so", "libggml-cpu-unopened.so", "libggml-cpu-wrong.so",
                "libggml-cpu-hanging.so", "libggml-toy-unopened.so");

        Loading loading = load();

        assertThat(loading.cpuModule()).isEqualTo(folder.resolve(SOUND));
        assertThat(failed(loading, "libggml-cpu-illegal.so"))
                .contains("the probe ended with SIGILL, an instruction that this machine does not run, "
                        + "computing f32 in CPU, 1 columns, with libggml-cpu-illegal.so. The next starts take that from "
                        + scratch.resolve("cache/probe"));
        assertThat(failed(loading, "libggml-cpu-unscored.so"))
                .contains("the probe ended with SIGABRT opening libggml-cpu-unscored.so");
        assertThat(failed(loading, "libggml-cpu-unopened.so"))
                .contains("the probe ended with SIGSEGV opening libggml-cpu-unopened.so");
        assertThat(failed(loading, "libggml-cpu-wrong.so"))
                .contains("the probe got wrong numbers from libggml-cpu-wrong.so, computing f32 in CPU, 1 columns: an error of ");
        assertThat(failed(loading, "libggml-cpu-hanging.so"))
                .contains("the probe did not end within 10 s opening libggml-cpu-hanging.so");
        assertThat(failed(loading, "libggml-toy-unopened.so"))
                .contains("the probe ended with SIGSEGV opening libggml-toy-unopened.so");
        assertThat(loading.warnings())
                .anyMatch(line -> line.contains("this processor says that it runs libggml-cpu-illegal.so, which is not used"));
    }

    /** The same module is the end of a JVM that does not ask the probe. */
    @Test
    void aModelRunsWhereItWouldHaveEndedTheProcess() throws IOException {
        natives("libggml-cpu-illegal.so");

        settings(ChildJvm.of(FirstToken.class)).arguments(TestFiles.model()).run().assertSilent();

        ChildJvm.Result dead = settings(ChildJvm.of(FirstToken.class))
                .property("llamaffm.probe", null)
                .options("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + scratch.resolve("crash"))
                .arguments(TestFiles.model())
                .run();
        assertThat(dead.exitCode()).isNotZero();
        assertThat(dead.stdout()).contains("SIGILL", "libggml-cpu-illegal.so");
    }

    /** Counted by a script in the place of the probe, which runs it. */
    @Test
    void aVerdictIsKeptUntilSomethingChanges() throws IOException {
        natives("libggml-cpu-unopened.so");
        Files.move(folder.resolve("probe"), scratch.resolve("probe"));
        Path runs = scratch.resolve("runs");
        script("echo run >>" + runs + "; exec " + scratch.resolve("probe") + " \"$@\"");

        Loading first = load();
        assertThat(first.cpuModule()).isEqualTo(folder.resolve(SOUND));
        // To score two at once, and to try each.
        assertThat(Files.readAllLines(runs)).hasSize(3);
        assertThat(first.candidates()).anyMatch(line -> line.endsWith("; the probe computed with it first"));

        Loading second = load();
        assertThat(second.cpuModule()).isEqualTo(folder.resolve(SOUND));
        assertThat(Files.readAllLines(runs)).hasSize(3);
        assertThat(failed(second, "libggml-cpu-unopened.so")).contains("opening libggml-cpu-unopened.so, at an earlier start. The next");
        assertThat(second.candidates()).anyMatch(line -> line.endsWith("; the probe computed with it at an earlier start"));

        // What a verdict says to delete is deleted: only that one is tried again.
        Path kept = kept("verdict bad ");
        Files.delete(kept);
        assertThat(failed(load(), "libggml-cpu-unopened.so")).doesNotContain("earlier start");
        assertThat(Files.readAllLines(runs)).hasSize(4);

        // Bytes after its last section change nothing but its hash.
        Files.writeString(folder.resolve("libggml-cpu-unopened.so"), "another build", StandardOpenOption.APPEND);
        new NativeFolder(folder).reindex();
        assertThat(failed(load(), "libggml-cpu-unopened.so")).doesNotContain("earlier start");
        assertThat(Files.readAllLines(runs)).hasSize(6);
    }

    private Path kept(String verdict) throws IOException {
        try (Stream<Path> files = Files.list(scratch.resolve("cache/probe"))) {
            for (Path file : files.toList()) {
                if (Files.readString(file).contains(verdict)) {
                    return file;
                }
            }
        }
        throw new AssertionError("no " + verdict);
    }

    private void script(String line) throws IOException {
        Files.deleteIfExists(folder.resolve("probe"));
        Path script = Files.writeString(folder.resolve("probe"), "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        new NativeFolder(folder).reindex();
    }

    @Test
    void whereTheProbeCannotRunEverythingLoadsAsWithoutIt() throws IOException {
        natives();
        List<String> expected = withoutProbe().candidates();

        script("kill -SYS $$");
        assertUnused(expected, "it ended with SIGSYS, a system call that is not allowed here, opening the core library");
        script("echo");
        assertUnused(expected, "it ended with exit code 0 opening the core library");
        Files.setPosixFilePermissions(folder.resolve("probe"), PosixFilePermissions.fromString("rw-r--r--"));
        assertUnused(expected, folder.resolve("probe") + " is not executable. Run: chmod +x '" + folder.resolve("probe") + "'");
        Files.delete(folder.resolve("probe"));
        new NativeFolder(folder).reindex();
        assertUnused(expected, "there is none beside " + folder.resolve(NativeLibrary.report().core().getFileName()));
    }

    private void assertUnused(List<String> candidates, String reason) throws IOException {
        Loading loading = load();
        assertThat(loading.candidates()).isEqualTo(candidates);
        assertThat(loading.warnings())
                .containsExactly("warning llamaffm.probe: the probe cannot be used, and libraries are loaded without it: " + reason);
    }

    @Test
    void ofTheRealOnesItTakesTheSame() throws IOException {
        folder = NativeLibrary.report().core().getParent();

        Loading loading = load();

        assertThat(loading.cpuModule()).isEqualTo(module);
        assertThat(loading.warnings()).isEmpty();
        assertThat(loading.candidates().stream().map(line -> line.replace("; the probe computed with it first", "")))
                .isEqualTo(withoutProbe().candidates());
        assertThat(loading.candidates()).anyMatch(line -> line.endsWith("; the probe computed with it first"));
    }
}
