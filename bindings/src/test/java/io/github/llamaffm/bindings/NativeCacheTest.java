package io.github.llamaffm.bindings;

import static io.github.llamaffm.bindings.FakeNatives.CORE;
import static io.github.llamaffm.bindings.FakeNatives.MODULE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.bindings.LoadReport.Candidate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {

    private final FakeNatives natives = FakeNatives.linux();
    private final LoadLog log = new LoadLog();

    @TempDir
    private Path scratch;

    private Path firstFolder;
    private Path secondFolder;
    private CacheLocation first;
    private CacheLocation second;

    @BeforeEach
    void nameLocations() throws IOException {
        scratch = scratch.toRealPath();
        firstFolder = scratch.resolve("first");
        secondFolder = scratch.resolve("second");
        first = new CacheLocation("first", firstFolder.toString(), false);
        second = new CacheLocation("second", secondFolder.toString(), false);
    }

    private NativeCache cache(CacheLocation... locations) {
        return cache(new Mounts(List.of()), locations);
    }

    private NativeCache cache(Mounts mounts, CacheLocation... locations) {
        return new NativeCache(List.of(locations), Ownership.ofThisProcess(), mounts, log);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    private List<String> reasons() {
        return log.candidates().stream().map(Candidate::reason).toList();
    }

    @Test
    void extractsEveryFileForThisUserOnly() throws Exception {
        Path folder = cache(first).folder(natives.packed(), CORE);

        assertThat(folder.getParent()).isEqualTo(firstFolder.resolve("natives"));
        assertThat(folder.getFileName().toString()).matches("linux-x86_64-cpu-[0-9a-f]{12}");
        for (var file : natives.files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            assertThat(path).hasBinaryContent(file.getValue());
            assertThat(Files.getAttribute(path, "unix:mode")).isEqualTo(0100600);
        }
        assertThat(list(folder.getParent())).containsExactly(folder);
    }

    @Test
    void laterStartsReadNothingButTheIndex() throws Exception {
        Path folder = cache(first).folder(natives.packed(), CORE);
        natives.reads.set(0);

        assertThat(cache(first).folder(natives.packed(), CORE)).isEqualTo(folder);
        assertThat(natives.reads).hasValue(1);
    }

    @Test
    void otherContentHasAnotherFolder() throws Exception {
        Path folder = cache(first).folder(natives.packed(), CORE);

        Path other = cache(first).folder(new FakeNatives("linux-x86_64", "other").packed(), CORE);

        assertThat(other).isNotEqualTo(folder);
        assertThat(other.resolve(CORE)).hasContent("other core");
    }

    @Test
    void worksOnAnInterruptedThread() throws Exception {
        Thread.currentThread().interrupt();
        try {
            assertThat(cache(first).folder(natives.packed(), CORE)).isDirectory();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aDamagedFolderIsLeftAloneAndAFreshOneIsMade() throws Exception {
        Path damaged = cache(first).folder(natives.packed(), CORE);
        Files.writeString(damaged.resolve(CORE), "CONTENT core");

        Path fresh = cache(first).folder(natives.packed(), CORE);

        assertThat(fresh).isEqualTo(damaged.resolveSibling(damaged.getFileName() + "-2"));
        assertThat(fresh.resolve(CORE)).hasContent("content core");
        assertThat(damaged.resolve(CORE)).hasContent("CONTENT core");
        assertThat(reasons()).singleElement().asString().startsWith("libcore.so has SHA-256 ");
        assertThat(cache(first).folder(natives.packed(), CORE)).isEqualTo(fresh);
    }

    /** It is the cheaper check, and a jar has it. */
    @Test
    void aFileFromAJarIsComparedByItsChecksum() throws Exception {
        FakeNatives inJar = natives.inJar(scratch.resolve("natives.jar"));
        Path folder = cache(first).folder(inJar.packed(), CORE);
        assertThat(cache(first).folder(inJar.packed(), CORE)).isEqualTo(folder);

        Files.writeString(folder.resolve(CORE), "CONTENT core");

        assertThat(cache(first).folder(inJar.packed(), CORE)).isNotEqualTo(folder);
        assertThat(reasons()).containsExactly(
                "libcore.so has CRC-32 " + crc32("CONTENT core") + " instead of " + crc32("content core"));
    }

    private static String crc32(String text) {
        CRC32 checksum = new CRC32();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(checksum.getValue());
    }

    @Test
    void onlyTheFileToBeOpenedIsHashed() throws Exception {
        Path damaged = cache(first).folder(natives.packed(), CORE);
        Files.writeString(damaged.resolve(MODULE), "CONTENT a");

        assertThat(cache(first).folder(natives.packed(), CORE)).isEqualTo(damaged);
        assertThat(cache(first).folder(natives.packed(), MODULE)).isNotEqualTo(damaged);
    }

    @Test
    void aFileOfAnotherSizeIsDamageWhereverItIs() throws Exception {
        Path damaged = cache(first).folder(natives.packed(), CORE);
        Files.writeString(damaged.resolve(MODULE), "cut");

        assertThat(cache(first).folder(natives.packed(), CORE)).isNotEqualTo(damaged);
        assertThat(reasons()).containsExactly(damaged.resolve(MODULE) + " has 3 bytes instead of 9");
    }

    @Test
    void aLinkInPlaceOfAFileOrFolderIsNotFollowed() throws Exception {
        Path folder = cache(first).folder(natives.packed(), CORE);
        Path moved = Files.move(folder, scratch.resolve("moved"));
        Files.createSymbolicLink(folder, moved);

        Path fresh = cache(first).folder(natives.packed(), CORE);
        assertThat(fresh).isNotEqualTo(folder);

        Files.delete(fresh.resolve(CORE));
        Files.createSymbolicLink(fresh.resolve(CORE), moved.resolve(CORE));
        assertThat(cache(first).folder(natives.packed(), CORE)).isNotEqualTo(fresh);
        assertThat(reasons())
                .contains(folder + " is a symbolic link", fresh.resolve(CORE) + " is a symbolic link");
    }

    @Test
    void aDamagedJarLeavesNothing() throws Exception {
        natives.put(MODULE, "CONTENT a");

        assertThatThrownBy(() -> cache(first).folder(natives.packed(), CORE)).isInstanceOf(Unusable.class);
        assertThat(reasons()).singleElement().asString().startsWith("the jar is damaged: fake:/libggml-cpu-a.so");
        assertThat(list(firstFolder.resolve("natives"))).isEmpty();
    }

    @Test
    void aJarThatCannotBeReadLeavesNothing() throws Exception {
        FakeNatives broken = new FakeNatives("linux-x86_64", "content") {
            @Override
            InputStream open(String name, byte[] bytes) throws IOException {
                return name.equals(MODULE) ? new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("no space left");
                    }
                } : new ByteArrayInputStream(bytes);
            }
        };

        assertThatThrownBy(() -> cache(first).folder(broken.packed(), CORE)).isInstanceOf(Unusable.class);
        assertThat(reasons()).containsExactly("it cannot be written: no space left");
        assertThat(list(firstFolder.resolve("natives"))).isEmpty();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsPassedOver() throws Exception {
        // A file in the way stops root too, whom permissions do not.
        Files.createFile(firstFolder);

        Path folder = cache(first, second).folder(natives.packed(), CORE);

        assertThat(folder).startsWith(secondFolder);
        assertThat(log.candidates()).singleElement().satisfies(candidate -> {
            assertThat(candidate.name()).isEqualTo(firstFolder + " (first)");
            assertThat(candidate.status()).isEqualTo(LoadReport.Status.FAILED);
            assertThat(candidate.reason()).isEqualTo(firstFolder + " is not a folder");
        });
    }

    @Test
    void aPlaceMountedNoexecIsPassedOver() throws Exception {
        Mounts mounts = new Mounts(List.of(new Mounts.Mount(firstFolder.toString(), true)));

        assertThat(cache(mounts, first, second).folder(natives.packed(), CORE)).startsWith(secondFolder);
        assertThat(reasons()).containsExactly("it is on a file system that is mounted noexec");
    }

    @Test
    void aPlaceThatTheUserNamedIsNotPassedOver() throws Exception {
        CacheLocation named = new CacheLocation("-Dllamaffm.cache.dir", firstFolder.toString(), true);
        Files.createFile(firstFolder);

        assertThatThrownBy(() -> cache(named, second).folder(natives.packed(), CORE))
                .isInstanceOfSatisfying(
                        Unusable.class, e -> assertThat(e.remedy()).contains("LLAMAFFM_CACHE_DIR", "unpack"))
                .hasMessage("no folder to extract the libraries to");
        assertThat(secondFolder).doesNotExist();
    }

    @Test
    void threadsThatExtractAtOnceShareOneFolder() throws Exception {
        int threads = 8;
        CyclicBarrier start = new CyclicBarrier(threads);
        Callable<Path> task = () -> {
            start.await();
            NativeCache cache =
                    new NativeCache(List.of(first), Ownership.ofThisProcess(), new Mounts(List.of()), new LoadLog());
            return cache.folder(FakeNatives.linux().packed(), CORE);
        };
        List<Path> folders = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (Future<Path> future : executor.invokeAll(Collections.nCopies(threads, task))) {
                folders.add(future.get());
            }
        }
        assertThat(folders).containsOnly(folders.getFirst());
        assertThat(list(firstFolder.resolve("natives"))).containsExactly(folders.getFirst());
    }

    @Test
    void processesThatExtractAtOnceShareOneFolder() throws Exception {
        String cache = firstFolder.toString();
        ChildJvm one = ChildJvm.start(scratch, List.of(), ExtractingProcess.class, cache);
        ChildJvm other = ChildJvm.start(scratch, List.of(), ExtractingProcess.class, cache);
        assertThat(one.readLine()).isEqualTo("half");
        assertThat(other.readLine()).isEqualTo("half");

        one.signal();
        other.signal();

        Path folder = firstFolder.resolve("natives").resolve(natives.packed().cacheName());
        assertThat(one.await()).isEqualTo(new ChildJvm.Result(0, folder + "\n", ""));
        assertThat(other.await()).isEqualTo(new ChildJvm.Result(0, folder + "\n", ""));
        assertThat(list(folder.getParent())).containsExactly(folder);
    }

    @Test
    void aProcessThatWasKilledLeavesNothingThatOthersUse() throws Exception {
        ChildJvm child = ChildJvm.start(
                scratch, List.of(), ExtractingProcess.class, firstFolder.toString());
        assertThat(child.readLine()).isEqualTo("half");
        child.kill();
        List<Path> left = list(firstFolder.resolve("natives"));

        Path folder = cache(first).folder(natives.packed(), CORE);

        assertThat(left).singleElement().asString().contains(".unpacking-");
        assertThat(list(folder.getParent())).containsExactly(left.getFirst(), folder);
        assertThat(log.candidates()).isEmpty();
    }
}
