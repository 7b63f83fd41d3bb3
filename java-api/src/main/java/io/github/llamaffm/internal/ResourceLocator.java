package io.github.llamaffm.internal;

import io.github.llamaffm.bindings.UndoAtExit;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.function.IOSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the bytes of a class-path resource in a file: in its jar where they are stored, in the cache otherwise. */
public final class ResourceLocator {

    private static final Logger LOGGER = LoggerFactory.getLogger(ResourceLocator.class);

    private final IOSupplier<Path> cache;

    /** @param cache gives the folder for resources that must be extracted; asked only then */
    public ResourceLocator(IOSupplier<Path> cache) {
        this.cache = cache;
    }

    /**
     * The file that holds the resource.
     *
     * @throws FileNotFoundException if the loader does not find it
     */
    public ModelFile locate(String name, ClassLoader loader) throws IOException {
        URL url = loader.getResource(name);
        if (url == null) {
            throw new FileNotFoundException("is not on the class path of " + loader);
        }
        if (url.getProtocol().equals("file")) {
            return ModelFile.whole(path(url));
        }
        Optional<ModelFile> inPlace = url.openConnection() instanceof JarURLConnection connection
                ? inPlace(connection.getJarFileURL(), connection.getEntryName())
                : Optional.empty();
        return inPlace.isPresent() ? inPlace.get() : ModelFile.whole(extract(url));
    }

    private static Optional<ModelFile> inPlace(URL jar, String name) throws IOException {
        return switch (jar.getProtocol()) {
            case "file" -> inPlace(path(jar), ZipEntryLocator.find(path(jar), name));
            case "nested" -> inNested(jar.getPath(), name);
            default -> Optional.empty();
        };
    }

    /** Spring Boot's addresses, such as {@code nested:/app.jar/!BOOT-INF/lib/model.jar}. */
    private static Optional<ModelFile> inNested(String address, String name) throws IOException {
        int split = address.lastIndexOf("/!");
        if (split < 0) {
            return Optional.empty();
        }
        Path jar;
        String inner;
        try {
            jar = path(URI.create("file:" + address.substring(0, split)).toURL());
            inner = URLDecoder.decode(address.substring(split + 2).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            // Such as a bare % in a name, which is not encoded there.
            return Optional.empty();
        }
        return inPlace(jar, inner.endsWith("/")
                ? ZipEntryLocator.find(jar, inner + name)
                : ZipEntryLocator.find(jar, inner, name));
    }

    private static Optional<ModelFile> inPlace(Path jar, Optional<ZipEntryLocator.Entry> entry) {
        return entry.filter(ZipEntryLocator.Entry::stored).map(stored -> new ModelFile(jar, stored.offset(), stored.length()));
    }

    private static Path path(URL file) throws IOException {
        try {
            URI uri = file.toURI();
            return Path.of(uri);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException("cannot turn " + file + " into a path", e);
        }
    }

    /** The name is the hash of the content, so a file that exists is the right one. */
    private Path extract(URL url) throws IOException {
        Path folder = cache.get();
        try (var undo = UndoAtExit.of(
                () -> Files.createTempFile(folder, ".extracting-", ".gguf"), ResourceLocator::discard)) {
            return extract(url, folder, undo.begun());
        }
    }

    private static Path extract(URL url, Path folder, Path temporary) throws IOException {
        try {
            MessageDigest sha256 = Fingerprint.sha256();
            try (InputStream in = url.openStream();
                    OutputStream out = new DigestOutputStream(Files.newOutputStream(temporary), sha256)) {
                IOUtils.copyLarge(in, out, new byte[1 << 20]);
            }
            Path file = folder.resolve(HexFormat.of().formatHex(sha256.digest()) + ".gguf");
            if (!Files.exists(file) || Files.size(file) != Files.size(temporary)) {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
                LOGGER.info("extracted {} to {}, because it is compressed or not in a jar file: store it, aligned to 32 bytes,"
                        + " to use it in place", url, file);
            }
            return file;
        } catch (IOException e) {
            throw new IOException("cannot extract it to %s, where %d bytes of it were written: %s".formatted(
                    folder, Files.size(temporary), e.getMessage()), e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException _) {
            // As after a kill: it is left.
        }
    }
}
