package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.bindings.NativeBundle;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The jar that the build made: what the loader relies on. */
class NativeJarIT {

    private final File jar = new File(System.getProperty("native.jar"));
    private final String platform = System.getProperty("native.platform");
    private final String backend = System.getProperty("native.backend");
    private final String artifact = System.getProperty("native.artifact");

    /** Whether it has no module of llama.cpp but libraries that one needs. */
    private final boolean runtime = backend.endsWith("-runtime");

    private final String folder = "META-INF/llama-ffm/natives/" + platform + "/" + backend + "/";
    private final String packageName = "io.github.llamaffm.natives." + backend.replace('-', '_') + "." + platform.replace('-', '_');

    private Properties index(JarFile file) throws IOException {
        Properties index = new Properties();
        try (InputStream in = file.getInputStream(file.getEntry(folder + "index.properties"))) {
            index.load(in);
        }
        return index;
    }

    @Test
    void holdsExactlyTheFilesOfItsIndex() throws IOException, GeneralSecurityException {
        try (JarFile file = new JarFile(jar)) {
            Properties index = index(file);
            List<String> libraries = file.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith(folder) && !name.equals(folder) && !name.endsWith("/index.properties"))
                    .map(name -> name.substring(folder.length()))
                    .toList();

            assertThat(index.stringPropertyNames().stream().filter(key -> key.startsWith("file.")))
                    .containsExactlyInAnyOrderElementsOf(libraries.stream().map(name -> "file." + name).toList());
            for (String library : libraries) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                long size;
                try (InputStream in = file.getInputStream(file.getEntry(folder + library))) {
                    size = new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
                }
                String hash = HexFormat.of().formatHex(digest.digest());
                assertThat(index.getProperty("file." + library)).as(library).isEqualTo(size + " " + hash);
            }
            if (runtime) {
                assertThat(index).doesNotContainKey("modules");
            } else {
                assertThat(libraries).contains(index.getProperty("modules").split(","));
            }
            // Modules of other backends are for the core of the CPU's jar.
            assertThat(libraries.stream().filter(name -> name.startsWith("libllamaffm-")).findFirst())
                    .isEqualTo(Optional.ofNullable(index.getProperty("core")))
                    .matches(core -> core.isPresent() == backend.equals("cpu"));
        }
    }

    @Test
    void saysWhatItWasBuiltFrom() throws IOException {
        try (JarFile file = new JarFile(jar)) {
            assertThat(index(file))
                    .containsEntry("format", "1")
                    .containsEntry("platform", platform)
                    .containsEntry("backend", backend)
                    .hasEntrySatisfying("abi.id", id -> assertThat(id.toString()).matches(runtime ? "none" : "[0-9a-f]{12}"))
                    .hasEntrySatisfying("build.id", id -> assertThat(id.toString()).matches("[0-9a-f]{12}"))
                    .containsKey("toolchain");
            assertThat(index(file).keySet().containsAll(List.of("llama.cpp.version", "llama.cpp.tree"))).isNotEqualTo(runtime);
        }
    }

    @Test
    void carriesTheLicences() throws IOException {
        try (JarFile file = new JarFile(jar)) {
            assertThat(file.getEntry("META-INF/licenses/llama.cpp/LICENSE")).isNotNull();
            assertThat(file.getEntry("META-INF/licenses/llama.cpp/LICENSE-bundled")).isNotNull();
            try (InputStream in = file.getInputStream(file.getEntry("META-INF/licenses/NOTICE"))) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains(": " + artifact + " ==");
            }
        }
    }

    @Test
    void isAModuleThatProvidesItsLibraries() {
        ModuleDescriptor module = ModuleFinder.of(jar.toPath()).findAll().iterator().next().descriptor();

        assertThat(module.name()).isEqualTo(packageName);
        assertThat(module.isAutomatic()).isFalse();
        assertThat(module.provides()).singleElement().satisfies(provides -> {
            assertThat(provides.service()).isEqualTo(NativeBundle.class.getName());
            assertThat(provides.providers()).containsExactly(packageName + ".Natives");
        });
    }

    @Test
    void isFoundOnTheClassPath() throws IOException {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toURI().toURL()}, NativeBundle.class.getClassLoader())) {
            NativeBundle bundle = ServiceLoader.load(NativeBundle.class, loader).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(found -> found.getClass().getName().equals(packageName + ".Natives"))
                    .findFirst()
                    .orElseThrow();

            assertThat(bundle.platform()).isEqualTo(platform);
            assertThat(bundle.backend()).isEqualTo(backend);
            assertThat(bundle.resource("index.properties")).isNotNull();
            assertThat(bundle.resource("absent")).isNull();
        }
    }
}
