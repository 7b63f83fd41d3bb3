package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamaffm.bindings.LoadReport.Candidate;
import io.github.llamaffm.bindings.LoadReport.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeSourceTest {

    private static final Platform LINUX = new Platform("linux-x86_64");

    private final LoadLog log = new LoadLog();

    @TempDir
    private Path scratch;

    @BeforeEach
    void resolveLinks() throws IOException {
        scratch = scratch.toRealPath();
    }

    private NativeSource choose(Map<String, String> properties, NativeBundle... bundles) throws Unusable {
        LoaderSettings settings = LoaderSettings.of(properties::get, name -> null);
        CacheLocation location = new CacheLocation("test", scratch.resolve("cache").toString(), false);
        NativeCache cache =
                new NativeCache(List.of(location), Ownership.ofThisProcess(), new Mounts(List.of()), log);
        return NativeSource.choose(settings, LINUX, List.of(bundles), cache, log);
    }

    /** A bundle whose files are files, as in an IDE. */
    private static final class Exploded extends FakeNatives {

        private final Path folder;

        Exploded(Path folder) {
            super("linux-x86_64", "exploded");
            this.folder = writeTo(folder);
        }

        @Override
        public URL resource(String name) {
            try {
                return folder.resolve(name).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void aNamedFolderComesBeforeJars() throws Unusable {
        Path folder = FakeNatives.linux().writeTo(scratch.resolve("natives with ümläut"));

        NativeSource source = choose(Map.of("llamaffm.library.path", folder.toString()), FakeNatives.linux());

        assertThat(source.files(FakeNatives.CORE).path(FakeNatives.CORE)).hasParent(folder);
        assertThat(source.name()).isEqualTo(folder + " (-Dllamaffm.library.path)");
    }

    @Test
    void aBrokenNamedFolderIsAnErrorEvenWithAJar() {
        Path folder = scratch.resolve("missing");

        assertThatThrownBy(() -> choose(Map.of("llamaffm.library.path", folder.toString()), FakeNatives.linux()))
                .isInstanceOf(Unusable.class)
                .hasMessage("-Dllamaffm.library.path names no folder with native libraries");
        assertThat(log.candidates())
                .singleElement()
                .extracting(Candidate::reason)
                .asString()
                .isEqualTo("no index.properties to read in " + folder + ": " + folder
                        + "/index.properties (No such file or directory)");
    }

    @Test
    void aNamedFolderWithAFileCutShortIsAnError() throws IOException {
        Path folder = FakeNatives.linux().writeTo(scratch.resolve("natives"));
        Files.writeString(folder.resolve(FakeNatives.MODULE), "cut");

        assertThatThrownBy(() -> choose(Map.of("llamaffm.library.path", folder.toString())))
                .isInstanceOf(Unusable.class);
        assertThat(log.candidates())
                .singleElement()
                .extracting(Candidate::reason)
                .isEqualTo(folder.resolve(FakeNatives.MODULE) + " has 3 bytes, the index says 9");
    }

    @Test
    void aNamedFolderForAnotherPlatformIsAnError() {
        Path folder = new FakeNatives("linux-aarch_64", "x").writeTo(scratch.resolve("arm"));

        assertThatThrownBy(() -> choose(Map.of("llamaffm.library.path", folder.toString())))
                .isInstanceOf(Unusable.class)
                .hasMessage("the native libraries are built for linux-aarch_64, this Java runs on linux-x86_64");
    }

    @Test
    void theFirstJarOfThisPlatformIsChosen() throws Unusable {
        FakeNatives first = FakeNatives.linux();
        NativeSource source =
                choose(Map.of(), new FakeNatives("osx-aarch_64", "x"), first, FakeNatives.linux());

        assertThat(source.files(FakeNatives.CORE).path(FakeNatives.CORE)).startsWith(scratch.resolve("cache"));
        assertThat(((NativeSource.Packed) source).natives().bundle()).isSameAs(first);
        String name = FakeNatives.class.getName();
        assertThat(log.candidates())
                .containsExactly(
                        new Candidate(name, Status.REJECTED, "for osx-aarch_64, this Java runs on linux-x86_64"),
                        new Candidate(name, Status.REJECTED, name + " comes first"));
    }

    @Test
    void aJarWhoseFilesAreFilesIsUsedInPlace() throws Unusable {
        Path folder = scratch.resolve("exploded with ümläut");

        NativeSource source = choose(Map.of(), new Exploded(folder));

        assertThat(source.files(FakeNatives.CORE).path(FakeNatives.CORE)).hasParent(folder);
        assertThat(scratch.resolve("cache")).doesNotExist();
    }

    @Test
    void aBrokenJarIsAnErrorEvenWithAnotherOne() {
        FakeNatives broken = FakeNatives.linux();
        broken.put(NativeIndex.FILE_NAME, broken.index("7"));

        assertThatThrownBy(() -> choose(Map.of(), broken, FakeNatives.linux()))
                .isInstanceOf(Unusable.class)
                .hasMessage("the native jar cannot be used");
        assertThat(log.candidates())
                .singleElement()
                .extracting(Candidate::reason)
                .isEqualTo("index.properties has format 7, this version of llama-ffm reads format 1");
    }

    @Test
    void withoutAJarTheDependencyToAddIsNamed() {
        assertThatThrownBy(() -> choose(Map.of(), new FakeNatives("osx-aarch_64", "x")))
                .isInstanceOfSatisfying(Unusable.class, e -> assertThat(e.remedy())
                        .contains("<artifactId>llama-ffm-native-cpu</artifactId>", "<classifier>linux-x86_64</classifier>")
                        .contains("runtimeOnly(\"io.github.llamaffm:llama-ffm-native-cpu:", ":linux-x86_64\")"))
                .hasMessage("no native jar for linux-x86_64 on the class path or the module path, only for osx-aarch_64");
    }

    @Test
    void anotherAbiIdIsRefusedBeforeAnythingIsExtracted() throws Unusable {
        NativeSource source = choose(Map.of(), FakeNatives.linux());

        assertThatThrownBy(() -> new AbiCheck("ba9876543210", BoundAbi::table, false).requireIndexed(source, log))
                .isInstanceOfSatisfying(
                        Unusable.class, e -> assertThat(e.remedy()).contains("-Dllamaffm.abi=layout"))
                .hasMessage("the native libraries have ABI id 0123456789ab, these bindings need ba9876543210");
        assertThat(scratch.resolve("cache")).doesNotExist();
    }
}
