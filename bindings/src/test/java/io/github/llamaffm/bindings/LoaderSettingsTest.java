package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoaderSettingsTest {

    private static LoaderSettings settings(Map<String, String> properties, Map<String, String> environment)
            throws Unusable {
        return LoaderSettings.of(properties::get, environment::get);
    }

    @Test
    void aPropertyWinsOverAVariable() throws Unusable {
        LoaderSettings settings = settings(
                Map.of("llamaffm.library.path", "/property"),
                Map.of("LLAMAFFM_LIBRARY_PATH", "/variable", "LLAMAFFM_CACHE_DIR", "/cache"));

        assertThat(settings.libraryPath()).hasValue(new LoaderSettings.Named("-Dllamaffm.library.path", "/property"));
        assertThat(settings.cacheDirectory()).hasValue(new LoaderSettings.Named("LLAMAFFM_CACHE_DIR", "/cache"));
    }

    @Test
    void emptyIsAbsent() throws Unusable {
        LoaderSettings settings =
                settings(Map.of("llamaffm.library.path", ""), Map.of("LLAMAFFM_LIBRARY_PATH", "/variable"));

        assertThat(settings.libraryPath()).hasValue(new LoaderSettings.Named("LLAMAFFM_LIBRARY_PATH", "/variable"));
        assertThat(settings.cacheDirectory()).isEmpty();
        assertThat(settings.layoutIsEnough()).isFalse();
    }

    @Test
    void severalFoldersAreTheCoresAndFurtherOnes() throws Unusable {
        LoaderSettings settings = settings(
                Map.of("llamaffm.library.path", "/core" + File.pathSeparator + File.pathSeparator + "/cuda"),
                Map.of("LLAMAFFM_CUDA_PATH", "/a" + File.pathSeparator + "/b"));

        assertThat(settings.libraryPath()).hasValue(new LoaderSettings.Named("-Dllamaffm.library.path", "/core"));
        assertThat(settings.moduleFolders())
                .containsExactly(new LoaderSettings.Named("-Dllamaffm.library.path", "/cuda"));
        assertThat(settings.cudaFolders())
                .containsExactly(
                        new LoaderSettings.Named("LLAMAFFM_CUDA_PATH", "/a"),
                        new LoaderSettings.Named("LLAMAFFM_CUDA_PATH", "/b"));
    }

    @Test
    void backendsAreChosenByName() throws Unusable {
        LoaderSettings some = settings(Map.of("llamaffm.backends", "cuda, vulkan"), Map.of());
        LoaderSettings all = settings(Map.of(), Map.of());

        assertThat(some.wantsBackend("vulkan")).isTrue();
        assertThat(some.wantsBackend("rpc")).isFalse();
        assertThat(all.wantsBackend("rpc")).isTrue();
    }

    @Test
    void refusesAnUnknownAbiRule() {
        assertThatThrownBy(() -> settings(Map.of("llamaffm.abi", "any"), Map.of()))
                .isInstanceOf(Unusable.class)
                .hasMessage("-Dllamaffm.abi=any");
    }

    @Test
    void aValueThatIsNoPathIsNamedWithItsOrigin() {
        assertThatThrownBy(() -> new LoaderSettings.Named("LLAMAFFM_CACHE_DIR", "a\0b").path())
                .isInstanceOf(Unusable.class)
                .hasMessageStartingWith("LLAMAFFM_CACHE_DIR is not a path");
    }

    @Test
    void theProbeIsAskedForByItsName() throws Unusable {
        assertThat(settings(Map.of(), Map.of()).probe()).isFalse();
        assertThat(settings(Map.of("llamaffm.probe", "false"), Map.of()).probe()).isFalse();
        assertThat(settings(Map.of("llamaffm.probe", "true"), Map.of()).probe()).isTrue();
        assertThatThrownBy(() -> settings(Map.of("llamaffm.probe", "yes"), Map.of()))
                .hasMessage("-Dllamaffm.probe=yes");
    }
}
