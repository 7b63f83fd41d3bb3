package io.github.llamaffm.natives;

import static io.github.llamaffm.natives.NativeFolder.BINDINGS;
import static io.github.llamaffm.natives.NativeFolder.TESTS;
import static io.github.llamaffm.natives.Loading.classPath;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.support.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** File systems that are read-only or mounted noexec, each in a mount name space of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs Linux mount name spaces")
class MountsIT {

    @TempDir
    private Path scratch;

    private Path mounted;

    @BeforeEach
    void prepare() throws Exception {
        scratch = scratch.toRealPath();
        mounted = Files.createDirectory(scratch.resolve("mounted"));
        assumeTrue(
                new ProcessBuilder(inNameSpace("mount -t tmpfs tmpfs " + mounted, "true").toArray(String[]::new))
                                .start()
                                .waitFor()
                        == 0,
                "this user may not mount in a name space of its own (unshare, or unprivileged user name spaces)");
    }

    /** A command line that mounts, and then runs the command that follows it. */
    private static List<String> inNameSpace(String mounts, String... command) throws IOException {
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        List<String> line = new ArrayList<>(List.of("unshare", root ? "-m" : "-Urm"));
        line.addAll(List.of("sh", "-c", mounts + " && exec \"$@\"", "sh"));
        line.addAll(List.of(command));
        return line;
    }

    private Loading load(String mounts, UnaryOperator<ChildJvm> set) throws Exception {
        String[] prefix = inNameSpace(mounts).toArray(String[]::new);
        return Loading.run(scratch, child -> set.apply(withJar(child).through(prefix)));
    }

    private static ChildJvm withJar(ChildJvm child) {
        return child.classPath(classPath(BINDINGS, TESTS, NativeFolder.jar()));
    }

    private String tmpfs(String options) {
        return "mount -t tmpfs -o mode=755," + options + " tmpfs '" + mounted + "'";
    }

    @Test
    void aNamedCacheThatIsReadOnlyIsAnError() throws Exception {
        Path cache = mounted.resolve("cache");

        Loading loading = load(tmpfs("ro"), child -> child.property("llamaffm.cache.dir", cache));

        assertThat(loading.failure())
                .contains("tried " + cache + " (-Dllamaffm.cache.dir): it cannot be created: " + cache
                        + ": Read-only file system");
    }

    @Test
    void aNamedCacheThatIsMountedNoexecIsAnError() throws Exception {
        Path cache = mounted.resolve("cache");

        Loading loading = load(tmpfs("noexec"), child -> child.property("llamaffm.cache.dir", cache));

        assertThat(loading.failure())
                .contains("tried " + cache + " (-Dllamaffm.cache.dir): it is on a file system that is mounted noexec");
    }

    @Test
    void aUserCacheThatIsReadOnlyOrNoexecIsPassedOver() throws Exception {
        Path temporary = Files.createDirectory(scratch.resolve("temporary"));
        for (String options : List.of("ro", "noexec")) {
            Loading loading = load(tmpfs(options), child -> child.environment("XDG_CACHE_HOME", mounted)
                    .property("java.io.tmpdir", temporary));

            assertThat(loading.core()).startsWith(temporary);
            assertThat(loading.candidates())
                    .anyMatch(line -> line.startsWith("candidate " + mounted.resolve("llama-ffm") + " (XDG_CACHE_HOME): "));
        }
    }

    @Test
    void whereNothingCanBeWrittenMemoryDoes() throws Exception {
        String mounts = tmpfs("rw") + " && mkdir '" + mounted + "/tmp' && mount -o remount,ro '" + mounted + "'";
        Loading loading = load(mounts, child -> child.environment("XDG_CACHE_HOME", mounted)
                .property("java.io.tmpdir", mounted.resolve("tmp")));

        assertThat(loading.core().toString()).startsWith("/proc/self/fd/");
        assertThat(loading.candidates())
                .anyMatch(line -> line.startsWith("candidate " + mounted + "/llama-ffm (XDG_CACHE_HOME): FAILED"))
                .anyMatch(line -> line.startsWith("candidate " + mounted + "/tmp/llama-ffm-"));
    }

    @Test
    void aFilledCacheMayBeReadOnly() throws Exception {
        Path cache = scratch.resolve("cache");
        Loading filled = Loading.run(scratch, child -> withJar(child).property("llamaffm.cache.dir", cache));

        Loading loading = load(
                "mount --bind '" + cache + "' '" + cache + "' && mount -o remount,bind,ro '" + cache + "'",
                child -> child.property("llamaffm.cache.dir", cache));

        assertThat(loading).isEqualTo(filled);
    }

    @Test
    void aNamedFolderOnAFileSystemMountedNoexecIsNamedAsSuch() throws Exception {
        NativeFolder natives = NativeFolder.unpack(scratch.resolve("natives"));

        Loading loading = load(
                "mount --bind '" + natives.path() + "' '" + natives.path() + "' && mount -o remount,bind,noexec '"
                        + natives.path() + "'",
                child -> child.property("llamaffm.library.path", natives.path()));

        assertThat(loading.failure())
                .contains(natives.core() + " cannot be opened: ")
                .contains(natives.path() + " is on a file system that is mounted noexec");
    }

    @Test
    void unpackedLibrariesNeedNoPlaceToWrite() throws Exception {
        NativeFolder natives = NativeFolder.unpack(scratch.resolve("opt/natives"));
        // Everything read-only, as the root file system of a hardened container; the outcome goes to stdout.
        String readOnly = "awk '{print $5}' /proc/self/mountinfo | while read m; do "
                + "mount -o remount,bind,ro \"$m\" 2>/dev/null || true; done; ! touch '" + scratch + "/x' 2>/dev/null";

        String outcome = withJar(Loading.child(LoadProcess.class))
                .options("-XX:-UsePerfData")
                .environment("LLAMAFFM_LIBRARY_PATH", natives.path())
                .through(inNameSpace(readOnly).toArray(String[]::new))
                .arguments("/dev/stdout")
                .run()
                .assertSuccess();

        assertThat(new Loading(outcome).core()).isEqualTo(natives.core());
    }
}
