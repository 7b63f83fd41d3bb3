package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CacheLocationTest {

    private final Map<String, String> properties = new HashMap<>(
            Map.of("user.home", "/home/jane", "user.name", "jane", "java.io.tmpdir", "/tmp"));
    private final Map<String, String> environment = new HashMap<>();

    private List<String> folders(String platform) throws Unusable {
        return CacheLocation.candidates(
                        LoaderSettings.of(properties::get, environment::get),
                        new Platform(platform),
                        properties::get,
                        environment::get)
                .stream()
                .map(CacheLocation::folder)
                .toList();
    }

    @Test
    void triesTheUsersCacheThenAFolderUnderTheTemporaryOne() throws Unusable {
        assertThat(folders("linux-x86_64")).containsExactly("/home/jane/.cache/llama-ffm", "/tmp/llama-ffm-jane");
        assertThat(folders("osx-aarch_64"))
                .containsExactly("/home/jane/Library/Caches/llama-ffm", "/tmp/llama-ffm-jane");
        assertThat(folders("windows-x86_64")).first().isEqualTo("/home/jane/AppData/Local/llama-ffm");
        environment.put("LOCALAPPDATA", "/local");
        assertThat(folders("windows-x86_64")).containsExactly("/local/llama-ffm", "/tmp/llama-ffm-jane");
    }

    @Test
    void followsTheXdgVariableWhereItIsAbsolute() throws Unusable {
        environment.put("XDG_CACHE_HOME", "/xdg");
        assertThat(folders("linux-x86_64")).first().isEqualTo("/xdg/llama-ffm");
        environment.put("XDG_CACHE_HOME", "xdg");
        assertThat(folders("linux-x86_64")).first().isEqualTo("/home/jane/.cache/llama-ffm");
    }

    @Test
    void aUserUnknownToTheSystemHasNoCacheButAFolderOfItsOwn() throws Exception {
        properties.put("user.home", "?");
        properties.put("user.name", "?");
        assertThat(folders("linux-x86_64")).containsExactly("?/.cache/llama-ffm", "/tmp/llama-ffm-" + Ownership.ofThisProcess().userNumber());

        assertThatThrownBy(() -> new CacheLocation("user cache", "?/.cache/llama-ffm", false)
                        .prepare(Ownership.ofThisProcess(), new Mounts(List.of())))
                .isInstanceOf(Unusable.class)
                .hasMessage("it is not an absolute path");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
    void theNumberOfAUserIsTheSystems() throws Exception {
        assertThat(Ownership.ofThisProcess().userNumber())
                .isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString());
    }

    @Test
    void aUserNameStaysOneFolder() throws Unusable {
        properties.put("user.name", "../DOMAIN\\jane");
        assertThat(folders("linux-x86_64")).last().isEqualTo("/tmp/llama-ffm-.._DOMAIN_jane");
    }

    @Test
    void aNamedFolderIsTheOnlyOne() throws Unusable {
        environment.put("LLAMAFFM_CACHE_DIR", "/variable");
        assertThat(folders("linux-x86_64")).containsExactly("/variable");
        properties.put("llamaffm.cache.dir", "/property");
        assertThat(folders("linux-x86_64")).containsExactly("/property");
    }

    @Test
    void createsAFolderThatNobodyElseMayEnter(@TempDir Path scratch) throws Exception {
        Path folder = scratch.resolve("new/one");
        Path prepared = prepare(folder);

        assertThat(prepared).isEqualTo(folder.toRealPath());
        assertThat(Files.getAttribute(folder, "unix:mode")).isEqualTo(0040700);
        assertThat(Files.getAttribute(folder.getParent(), "unix:mode")).isEqualTo(0040700);
    }

    @Test
    void refusesALinkInItsPlace(@TempDir Path scratch) throws Exception {
        Path folder = scratch.resolve("cache");
        Files.createSymbolicLink(folder, Files.createDirectory(scratch.resolve("elsewhere")));

        assertThatThrownBy(() -> prepare(folder)).hasMessage(folder + " is a symbolic link");
    }

    @Test
    void refusesAPlaceThatCannotBeCreated(@TempDir Path scratch) throws Exception {
        Path file = Files.createFile(scratch.resolve("file"));

        assertThatThrownBy(() -> prepare(file.resolve("cache")))
                .isInstanceOf(Unusable.class)
                .hasMessageContaining("cannot be created");
    }

    private static Path prepare(Path folder) throws Unusable {
        return new CacheLocation("test", folder.toString(), true).prepare(Ownership.ofThisProcess(), new Mounts(List.of()));
    }
}
