package io.github.llamaffm.natives;

import static io.github.llamaffm.natives.NativeFolder.BINDINGS;
import static io.github.llamaffm.natives.NativeFolder.TESTS;
import static io.github.llamaffm.natives.Loading.classPath;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.bindings.BoundAbi;
import io.github.llamaffm.support.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two copies of the bindings in one JVM. */
class ClassLoadersIT {

    private static final String OTHER_ABI = "0123456789ab";

    @TempDir
    private static Path unpacked;

    private static NativeFolder original;

    @TempDir
    private Path scratch;

    private Path jar;

    @BeforeAll
    static void unpack() throws Exception {
        original = NativeFolder.unpack(unpacked.resolve("natives"));
    }

    @BeforeEach
    void pack() throws IOException {
        scratch = scratch.toRealPath();
        jar = original.pack(scratch.resolve("natives.jar"), FolderBundle.class);
    }

    /** Loads in one class loader for each class path, in that order, in one process. */
    private List<Loading> load(String... classPaths) throws Exception {
        return load(scratch, child -> child.property("llamaffm.cache.dir", scratch.resolve("cache")), classPaths);
    }

    static List<Loading> load(Path scratch, UnaryOperator<ChildJvm> set, String... classPaths) throws Exception {
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < classPaths.length; i++) {
            arguments.add(scratch.resolve("outcome" + i));
            arguments.add(classPaths[i]);
        }
        set.apply(Loading.child(ClassLoadersProcess.class))
                .classPath(TESTS.toString())
                .arguments(arguments.toArray())
                .run()
                .assertSilent();
        List<Loading> loadings = new ArrayList<>();
        for (int i = 0; i < classPaths.length; i++) {
            loadings.add(new Loading(Files.readString(scratch.resolve("outcome" + i))));
        }
        return loadings;
    }

    @Test
    void shareOneLibraryAndOneCpuDevice() throws Exception {
        List<Loading> loadings = load(classPath(BINDINGS, TESTS, jar), classPath(BINDINGS, TESTS, jar));

        assertThat(loadings.get(1).core()).isEqualTo(loadings.get(0).core());
        assertThat(loadings.get(1).cpuModule()).isEqualTo(loadings.get(0).cpuModule());
        assertThat(loadings).extracting(Loading::devices).containsOnly("1");
    }

    @Test
    void anotherBuildOfTheSameAbiIdGivesWayToTheOneThatIsOpen() throws Exception {
        NativeFolder rebuilt = original.copyTo(scratch.resolve("rebuilt"));
        Files.writeString(rebuilt.core(), "another build", StandardOpenOption.APPEND);
        Path other = rebuilt.reindex().pack(scratch.resolve("rebuilt.jar"), FolderBundle.class);

        List<Loading> loadings = load(classPath(BINDINGS, TESTS, jar), classPath(BINDINGS, TESTS, other));

        assertThat(loadings.get(1).core()).isEqualTo(loadings.get(0).core());
        assertThat(loadings.get(1).candidates())
                .anyMatch(line -> line.endsWith("this process has a core library of the same ABI id open already"));
        assertThat(loadings).extracting(Loading::devices).containsOnly("1");
    }

    @Test
    void anotherAbiIdLivesSideBySide() throws Exception {
        Path other = original.copyTo(scratch.resolve("other"))
                .withAbiId(OTHER_ABI)
                .pack(scratch.resolve("other.jar"), FolderBundle.class);

        List<Loading> loadings = load(
                classPath(BINDINGS, TESTS, jar), classPath(bindingsFor(OTHER_ABI, scratch), BINDINGS, TESTS, other), classPath(BINDINGS, TESTS, jar));

        assertThat(loadings).extracting(Loading::abiId).containsExactly(original.abiId(), OTHER_ABI, original.abiId());
        assertThat(loadings.get(1).core()).isNotEqualTo(loadings.get(0).core());
        assertThat(loadings.get(1).cpuModule()).hasParent(loadings.get(1).core().getParent());
        assertThat(loadings.get(2).core()).isEqualTo(loadings.get(0).core());
        assertThat(loadings).extracting(Loading::devices).containsOnly("1");
    }

    /** What, before the bindings on a class path, makes them bindings of another ABI id. */
    static Path bindingsFor(String abiId, Path scratch) throws IOException {
        Path lock = scratch.resolve("bindings/io/github/llamaffm/bindings/bindings.lock");
        Files.createDirectories(lock.getParent());
        try (InputStream in = BoundAbi.class.getResourceAsStream("bindings.lock")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(lock, text.replace("abi.id=" + BoundAbi.id(), "abi.id=" + abiId));
        }
        return scratch.resolve("bindings");
    }
}
