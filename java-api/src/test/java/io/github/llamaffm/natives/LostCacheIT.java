package io.github.llamaffm.natives;

import static io.github.llamaffm.natives.Loading.classPath;
import static io.github.llamaffm.natives.NativeFolder.BINDINGS;
import static io.github.llamaffm.natives.NativeFolder.TESTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.support.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A cache folder that is no folder, is gone, cannot be read or has no room. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links and modes of Unix")
class LostCacheIT {

    /** Even root is then bound by the modes of files. */
    private static final List<String> WITHOUT_PRIVILEGES =
            List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search");

    @TempDir
    private Path scratch;

    private Path cache;

    @BeforeEach
    void prepare() throws IOException {
        scratch = scratch.toRealPath();
        cache = scratch.resolve("cache");
    }

    private Loading load(UnaryOperator<ChildJvm> set) throws IOException {
        return Loading.run(scratch, child -> set.apply(child.classPath(classPath(BINDINGS, TESTS, NativeFolder.jar())))
                .property("llamaffm.cache.dir", cache));
    }

    private Loading load() throws IOException {
        return load(child -> child);
    }

    @Test
    void aFileInItsPlaceIsAnError() throws IOException {
        Files.writeString(cache, "precious");

        assertThat(load().failure()).contains("tried " + cache + " (-Dllamaffm.cache.dir): ", "-Dllamaffm.cache.dir");
        assertThat(cache).hasContent("precious");
    }

    @Test
    void aLinkToNowhereIsAnError() throws IOException {
        Files.createSymbolicLink(cache, scratch.resolve("nowhere"));

        assertThat(load().failure()).contains("tried " + cache + " (-Dllamaffm.cache.dir): ");
        assertThat(scratch.resolve("nowhere")).doesNotExist();
    }

    @Test
    void whatWasRemovedIsExtractedAgain() throws IOException {
        Loading first = load();
        FileUtils.deleteDirectory(cache.toFile());

        assertThat(load()).isEqualTo(first);
    }

    /** The process goes on with what it has open. */
    @Test
    void mayBeRemovedWhileItIsInUse() throws IOException {
        load(child -> child.property("lost.cache", cache)).assertLoaded();

        assertThat(cache).as("removed by the process that had loaded from it").doesNotExist();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs setpriv")
    void aFolderThatCannotBeReadOrWrittenIsAnError() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv: for root every mode would do");
        load().assertLoaded();
        for (String mode : List.of("---------", "r-x------", "-wx------")) {
            Path natives = cache.resolve("natives");
            boolean empty = mode.startsWith("r");
            if (empty) {
                FileUtils.cleanDirectory(natives.toFile());
            }
            Files.setPosixFilePermissions(natives, PosixFilePermissions.fromString(mode));
            try {
                Loading loading = load(child -> child.through(WITHOUT_PRIVILEGES.toArray(String[]::new)));
                if (mode.startsWith("-wx")) {
                    loading.assertLoaded(); // nobody has to list it
                } else {
                    assertThat(loading.failure()).as(mode)
                            .contains("tried " + cache + " (-Dllamaffm.cache.dir): ", natives.toString());
                }
            } finally {
                Files.setPosixFilePermissions(natives, PosixFilePermissions.fromString("rwx------"));
            }
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs Linux mount name spaces")
    void aFullDiskIsAnErrorAndKeepsNothing() throws Exception {
        Files.createDirectory(cache);
        Path list = scratch.resolve("list");
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        String mount = "mount -t tmpfs -o mode=700,size=4m tmpfs '" + cache + "'";
        assumeTrue(new ProcessBuilder("unshare", root ? "-m" : "-Urm", "sh", "-c", mount).start().waitFor() == 0,
                "this user may not mount in a name space of its own (unshare, or unprivileged user name spaces)");

        Loading loading = load(child -> child.through("unshare", root ? "-m" : "-Urm", "sh", "-c",
                mount + " && \"$@\"; code=$?; find '" + cache + "' -type f > '" + list + "'; exit $code", "sh"));

        assertThat(loading.failure()).contains("tried " + cache + " (-Dllamaffm.cache.dir): ", "No space left on device");
        try (Stream<String> files = Files.lines(list)) {
            assertThat(files.filter(file -> !file.endsWith(".lock"))).isEmpty();
        }
    }
}
