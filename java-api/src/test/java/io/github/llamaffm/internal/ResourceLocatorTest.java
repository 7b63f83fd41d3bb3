package io.github.llamaffm.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceLocatorTest {

    private static final byte[] CONTENT = "GGUF and more".getBytes(UTF_8);

    @TempDir
    private Path folder;

    private Path cache;
    private ResourceLocator locator;

    @BeforeEach
    void makeCache() throws IOException {
        cache = Files.createDirectory(folder.resolve("cache"));
        locator = new ResourceLocator(() -> cache);
    }

    @Test
    void findsAFileInAFolder() throws IOException {
        Path root = Files.createDirectory(folder.resolve("größe mit leer"));
        Files.write(root.resolve("a.gguf"), CONTENT);

        assertThat(locate(root)).isEqualTo(ModelFile.whole(root.resolve("a.gguf")));
    }

    @Test
    void findsAStoredEntryInsideItsJar() throws IOException {
        Path jar = jar("models größe.jar", true);

        ModelFile file = locate(jar);

        assertThat(file.path()).isEqualTo(jar);
        assertThat(file.length()).isEqualTo(CONTENT.length);
        byte[] bytes = Files.readAllBytes(jar);
        assertThat(new String(bytes, (int) file.offset(), CONTENT.length, UTF_8)).isEqualTo(new String(CONTENT, UTF_8));
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void knowsWhatCanBeMapped() {
        assertThat(new ModelFile(Path.of("a.jar"), 64, 10).mappable()).isTrue();
        assertThat(new ModelFile(Path.of("a.jar"), 65, 10).mappable()).isFalse();
        assertThat(ModelFile.whole(Path.of("a.gguf")).mappable()).isTrue();
    }

    @Test
    void extractsACompressedEntryOnce() throws IOException {
        Path jar = jar("compressed.jar", false);

        ModelFile first = locate(jar);
        ModelFile second = locate(jar);

        assertThat(first).isEqualTo(second);
        assertThat(first.path()).hasBinaryContent(CONTENT).hasParent(cache);
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files).containsExactly(first.path());
        }
    }

    @Test
    void replacesAnExtractedFileOfAnotherSize() throws IOException {
        Path jar = jar("compressed.jar", false);
        Files.writeString(locate(jar).path(), "cut");

        assertThat(locate(jar).path()).hasBinaryContent(CONTENT);
    }

    @Test
    void saysThatAResourceIsMissing() throws IOException {
        Path jar = jar("models.jar", true);
        try (URLClassLoader loader = loader(jar)) {
            assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(() -> locator.locate("b.gguf", loader));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/100%.jar/!BOOT-INF/lib/model.jar", "/app.jar/!BOOT-INF/lib/100%.jar"})
    void extractsFromANestedJarWhoseAddressIsNotOne(String address) throws IOException {
        ClassLoader loader = new ClassLoader(null) {
            @Override
            protected URL findResource(String name) {
                return inNested(address, name);
            }
        };

        assertThat(locator.locate("a.gguf", loader).path()).hasBinaryContent(CONTENT).hasParent(cache);
    }

    /** As Spring Boot has it: with handlers of its own for both addresses. */
    private static URL inNested(String address, String name) {
        try {
            URL nested = URL.of(URI.create("nested:/"), new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) throws IOException {
                    throw new IOException(url + " is opened");
                }

                @Override
                protected void parseURL(URL url, String spec, int start, int limit) {
                    setURL(url, "nested", "", -1, null, null, address, null, null);
                }
            });
            return URL.of(URI.create("jar:file:/x.jar!/" + name), new URLStreamHandler() {
                @Override
                protected URLConnection openConnection(URL url) throws IOException {
                    return new JarURLConnection(url) {
                        @Override
                        public URL getJarFileURL() {
                            return nested;
                        }

                        @Override
                        public JarFile getJarFile() throws IOException {
                            throw new IOException(url + " is opened");
                        }

                        @Override
                        public InputStream getInputStream() {
                            return new ByteArrayInputStream(CONTENT);
                        }

                        @Override
                        public void connect() {}
                    };
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelFile locate(Path classPath) throws IOException {
        try (URLClassLoader loader = loader(classPath)) {
            return locator.locate("a.gguf", loader);
        }
    }

    private static URLClassLoader loader(Path classPath) throws IOException {
        return new URLClassLoader(new URL[] {classPath.toUri().toURL()}, null);
    }

    private Path jar(String name, boolean stored) throws IOException {
        Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry entry = new ZipEntry("a.gguf");
            if (stored) {
                CRC32 crc = new CRC32();
                crc.update(CONTENT);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(CONTENT.length);
                entry.setCrc(crc.getValue());
            }
            zip.putNextEntry(entry);
            zip.write(CONTENT);
        }
        return jar;
    }
}
