package io.github.llamaffm.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.support.ChildJvm;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What writes files, where they cannot be written to their end. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "limits of a shell")
class FullDiskIT {

    private static final String ENTRY = "tiny-compressed.gguf";

    @TempDir
    private Path folder;

    private Path full;
    private Path jar;

    @BeforeEach
    void prepare() throws IOException {
        folder = folder.toRealPath();
        World.writeFiles(folder);
        full = Files.createDirectory(folder.resolve("full"));
        jar = folder.resolve("compressed.jar");
        try (var zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(jar)))) {
            zip.putNextEntry(new ZipEntry(ENTRY));
            zip.write(Files.readAllBytes(folder.resolve("tiny.gguf")));
            zip.closeEntry();
        }
    }

    private ChildJvm child() {
        return ChildJvm.of(FullDisk.class).arguments(folder, full, ENTRY)
                // Natives have room elsewhere: what has none is the model.
                .property("llamaffm.library.path", LlamaRuntime.instance().report().core().getParent())
                .property("llamaffm.cache.dir", full)
                .classPath(System.getProperty("java.class.path") + File.pathSeparator + jar)
                .options("-XX:-UsePerfData");
    }

    /** 64 blocks of 512 or 1,024 bytes: the system refuses what is longer, as it does on a full disk. */
    @Test
    void filesThatMayNotGrow() {
        child().through("sh", "-c", "ulimit -f 64; exec \"$0\" \"$@\"").run().assertSilent();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs Linux mount name spaces")
    void aFileSystemThatIsFull() throws Exception {
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        String[] launcher = {"unshare", root ? "-m" : "-Urm", "sh", "-c",
                "mount -t tmpfs -o mode=700,size=80k tmpfs '" + full + "' && exec \"$@\"", "sh"};
        var trial = new ProcessBuilder(launcher);
        trial.command().add("true");
        assumeTrue(trial.start().waitFor() == 0,
                "this user may not mount in a name space of its own (unshare, or unprivileged user name spaces)");

        child().through(launcher).run().assertSilent();
    }
}
