package io.github.llamaffm.natives;

import static io.github.llamaffm.natives.NativeFolder.BINDINGS;
import static io.github.llamaffm.natives.NativeFolder.TESTS;
import static io.github.llamaffm.natives.Loading.classPath;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries from a native jar, through the cache. */
class CacheIT {

    @TempDir
    private Path scratch;

    private Path cache;

    @BeforeEach
    void resolveLinks() throws IOException {
        scratch = scratch.toRealPath();
        cache = scratch.resolve("cache");
    }

    private ChildJvm withJar(ChildJvm child) {
        return child.classPath(classPath(BINDINGS, TESTS, NativeFolder.jar())).property("llamaffm.cache.dir", cache);
    }

    private Loading load() throws Exception {
        return Loading.run(scratch, this::withJar);
    }

    private List<Path> folders() throws IOException {
        try (Stream<Path> folders = Files.list(cache.resolve("natives"))) {
            return folders.sorted().toList();
        }
    }

    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void aSecondStartUsesWhatTheFirstExtracted() throws Exception {
        Loading first = load();
        Loading second = load();

        assertThat(first.core()).startsWith(cache.resolve("natives"));
        assertThat(first.cpuModule()).hasParent(first.core().getParent());
        assertThat(second).isEqualTo(first);
        assertThat(folders()).containsExactly(first.core().getParent());
    }

    @Test
    void processesThatStartAtOnceShareOneFolder() throws Exception {
        List<Path> outcomes = new ArrayList<>();
        List<ChildJvm.Running> children = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            outcomes.add(scratch.resolve("outcome" + i));
            children.add(withJar(Loading.child(LoadProcess.class)).arguments(outcomes.get(i)).start());
        }
        for (ChildJvm.Running child : children) {
            child.waitFor().assertSilent();
        }
        assertThat(folders()).hasSize(1);
        for (Path outcome : outcomes) {
            assertThat(new Loading(Files.readString(outcome)).core()).hasParent(folders().getFirst());
        }
    }

    @Test
    void whatAKilledProcessLeftIsIgnored() throws Exception {
        Path jar = NativeFolder.unpack(scratch.resolve("natives"))
                .pack(scratch.resolve("stopping.jar"), StoppingBundle.class);
        Path marks = Files.createDirectory(scratch.resolve("marks"));
        try (WatchService watch = marks.getFileSystem().newWatchService()) {
            marks.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            ChildJvm.Running child = Loading.child(LoadProcess.class)
                    .classPath(classPath(BINDINGS, TESTS, jar))
                    .property("llamaffm.cache.dir", cache)
                    .property(StoppingBundle.MARK, marks.resolve("half"))
                    .arguments(scratch.resolve("outcome"))
                    .start();
            assertThat(watch.poll(2, TimeUnit.MINUTES)).as("the child is in the middle of a library").isNotNull();
            child.process().destroyForcibly();
            child.waitFor();
        }
        List<Path> left = folders();

        Loading next = load();

        assertThat(left).singleElement().asString().contains(".unpacking-");
        assertThat(folders()).containsExactly(left.getFirst(), next.core().getParent());
    }

    @Test
    void aDamagedCoreIsLeftAndAFreshOneUsed() throws Exception {
        Path core = load().core();
        damage(core);
        byte[] damaged = Files.readAllBytes(core);

        Loading next = load();

        assertThat(next.core().getParent().toString()).isEqualTo(core.getParent() + "-2");
        assertThat(core).hasBinaryContent(damaged);
        assertThat(next.candidates()).anyMatch(line -> line.contains(" has CRC-32 "));
        assertThat(load()).isEqualTo(next);
    }

    @Test
    void aDamagedCpuModuleIsReplacedUnderAnIntactCore() throws Exception {
        Loading first = load();
        damage(first.cpuModule());

        Loading next = load();

        assertThat(next.core()).isEqualTo(first.core());
        assertThat(next.cpuModule()).hasFileName(first.cpuModule().getFileName().toString());
        assertThat(next.cpuModule().getParent().toString()).isEqualTo(first.core().getParent() + "-2");
        assertThat(next.devices()).isEqualTo("1");
    }

    @Test
    void aFileCutShortIsNotOpened() throws Exception {
        Path core = load().core();
        try (FileChannel file = FileChannel.open(core, StandardOpenOption.WRITE)) {
            file.truncate(100_000);
        }

        assertThat(load().candidates()).anyMatch(line -> line.contains(core + " has 100000 bytes instead of "));
    }

    @Test
    void aFolderThatOthersMayWriteIsRefused() throws Exception {
        Files.createDirectory(cache);
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(load().failure())
                .contains("tried " + cache + " (-Dllamaffm.cache.dir): " + cache + " may be written by others (mode 777)")
                .contains("chmod go-w '" + cache + "'");
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void worksUnderSpacesAndLettersOfAllScripts() throws Exception {
        cache = scratch.resolve("mémoire cachée 日本 🙂");

        assertThat(load().core()).startsWith(cache);
    }

    @Test
    void worksInALocaleWithoutUnicode() throws Exception {
        Loading loading = Loading.run(scratch, child -> withJar(child).environment("LC_ALL", "POSIX"));

        assertThat(loading.core()).startsWith(cache);
    }

    @Test
    void worksFromTheModulePath() throws Exception {
        Loading loading = Loading.run(scratch, child -> child.classPath(TESTS.toString())
                .options(
                        "--module-path=" + BINDINGS + File.pathSeparator + NativeFolder.jar(),
                        "--add-modules=io.github.llamaffm.bindings",
                        "--enable-native-access=io.github.llamaffm.bindings")
                .property("llamaffm.cache.dir", cache));

        assertThat(loading.core()).startsWith(cache);
    }
}
