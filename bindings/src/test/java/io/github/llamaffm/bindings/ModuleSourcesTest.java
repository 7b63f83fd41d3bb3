package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.bindings.LoadReport.Candidate;
import io.github.llamaffm.bindings.LoadReport.Status;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleSourcesTest {

    private static final Platform LINUX = new Platform("linux-x86_64");
    private static final String ABI = "0123456789ab";

    private final LoadLog log = new LoadLog();

    @TempDir
    private Path scratch;

    @BeforeEach
    void resolveLinks() throws IOException {
        scratch = scratch.toRealPath();
    }

    private List<NativeSource> find(String abiId, String libraryPath, NativeBundle... bundles) throws Unusable {
        return find(compiledBy("c++ 12.2.0"), abiId, libraryPath, bundles);
    }

    private static NativeIndex compiledBy(String toolchain) throws Unusable {
        String index = FakeNatives.linux().index("1") + "toolchain=" + toolchain + '\n';
        return NativeIndex.parse(index.getBytes(StandardCharsets.UTF_8));
    }

    private List<NativeSource> find(NativeIndex core, String abiId, String libraryPath, NativeBundle... bundles) throws Unusable {
        LoaderSettings settings = LoaderSettings.of(Map.of("llamaffm.library.path", libraryPath)::get, name -> null);
        CacheLocation location = new CacheLocation("test", scratch.resolve("cache").toString(), false);
        NativeCache cache =
                new NativeCache(List.of(location), Ownership.ofThisProcess(), new Mounts(List.of()), log);
        return ModuleSources.find(settings, List.of(bundles), core, abiId, LINUX, cache, log);
    }

    @Test
    void otherJarsAndFurtherFoldersBringModules() throws Unusable {
        Path folder = FakeNatives.cuda("cuda12").writeTo(scratch.resolve("cuda12"));

        List<NativeSource> sources =
                find(ABI, "/core" + File.pathSeparator + folder, FakeNatives.linux(), FakeNatives.cuda("cuda13"));

        assertThat(sources).extracting(source -> source.index().backend()).containsExactly("cuda12", "cuda13");
        assertThat(log.candidates()).isEmpty();
        assertThat(scratch.resolve("cache")).as("nothing is extracted").doesNotExist();
    }

    @Test
    void theNewestToolkitComesFirst() throws Unusable {
        List<NativeSource> sources = find(
                ABI, "", FakeNatives.cuda("cuda9"), FakeNatives.cuda("vulkan"), FakeNatives.cuda("cuda13"),
                FakeNatives.cuda("cuda12"));

        List<GpuModule> modules = GpuModule.in(sources);

        assertThat(modules)
                .extracting(module -> module.source().index().backend())
                .containsExactly("cuda13", "cuda12", "cuda9", "vulkan");
        assertThat(modules.getFirst().cuda()).hasValue(13);
        assertThat(modules.getLast().cuda()).isEmpty();
        assertThat(modules.getFirst().label()).isEqualTo("libggml-cuda.so of " + FakeNatives.class.getName());
    }

    @Test
    void modulesOfAnotherCoreAreReported() throws Unusable {
        assertThat(find("ba9876543210", "", FakeNatives.cuda("cuda13"))).isEmpty();
        assertThat(log.candidates())
                .containsExactly(new Candidate(
                        FakeNatives.class.getName(),
                        Status.FAILED,
                        "its modules have ABI id 0123456789ab, the core library has ba9876543210. Use native libraries of "
                                + "one release."));
    }

    @Test
    void modulesOfAnotherRuntimeAreReported() throws Unusable {
        assertThat(find(compiledBy("zig 0.15.2, cmake version 3.25.1"), ABI, "", FakeNatives.cuda("cuda13"))).isEmpty();
        assertThat(log.candidates()).singleElement().satisfies(candidate -> {
            assertThat(candidate.status()).isEqualTo(Status.FAILED);
            assertThat(candidate.reason()).startsWith("its modules were compiled by").contains("the core library by zig 0.15.2");
        });
    }

    @Test
    void aFolderThatCannotBeUsedIsReportedAndTheNextOneTaken() throws Exception {
        Path missing = scratch.resolve("missing");
        Path cut = FakeNatives.cuda("cuda13").writeTo(scratch.resolve("cut"));
        Files.writeString(cut.resolve("libggml-cuda.so"), "cut");
        Path good = FakeNatives.cuda("cuda12").writeTo(scratch.resolve("good"));
        String path = String.join(File.pathSeparator, "/core", missing.toString(), cut.toString(), good.toString());

        assertThat(find(ABI, path)).singleElement().extracting(NativeSource::name).asString().startsWith(good.toString());
        assertThat(log.candidates()).extracting(Candidate::status).containsExactly(Status.FAILED, Status.FAILED);
        assertThat(log.candidates().getFirst().reason()).startsWith("no index.properties to read in " + missing);
        assertThat(log.candidates().getLast().reason())
                .isEqualTo(cut.resolve("libggml-cuda.so") + " has 3 bytes, the index says 6");
    }

    @Test
    void aJarBesideANamedFolderIsLeftOutAndReported() throws Unusable {
        List<NativeBundle> bundles =
                List.of(FakeNatives.linux(), FakeNatives.cuda("cuda13"), FakeNatives.cuda("cuda13-runtime"));
        for (String path : List.of("/core", "/core" + File.pathSeparator + "/cuda13")) {
            LoaderSettings settings = LoaderSettings.of(name -> null, Map.of("LLAMAFFM_LIBRARY_PATH", path)::get);
            ModuleSources.leaveOut(bundles, settings, LINUX, log);
        }

        assertThat(log.candidates()).extracting(Candidate::status).containsExactly(Status.FAILED, Status.REJECTED);
        assertThat(log.candidates().getFirst().reason())
                .startsWith("LLAMAFFM_LIBRARY_PATH names the core's folder only")
                .contains("io.github.llamaffm.bindings.Natives unpacks this jar");
    }

    @Test
    void aDamagedJarIsReported() throws Unusable {
        FakeNatives broken = FakeNatives.cuda("cuda13");
        broken.put(NativeIndex.FILE_NAME, "format=7");

        assertThat(find(ABI, "", broken, FakeNatives.cuda("cuda12"))).hasSize(1);
        assertThat(log.candidates())
                .singleElement()
                .extracting(Candidate::reason)
                .asString()
                .startsWith("index.properties has format 7");
    }
}
