package io.github.llamaffm.bindings;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.OptionalLong;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The libraries of one {@link NativeBundle}, still where it keeps them.
 *
 * @param bundle     where the files come from
 * @param indexBytes the index as it is stored: its hash names the libraries as a whole
 * @param index      the same, parsed
 */
record PackedNatives(NativeBundle bundle, byte[] indexBytes, NativeIndex index) {

    static PackedNatives of(NativeBundle bundle) throws Unusable {
        byte[] bytes;
        try (InputStream in = open(bundle, NativeIndex.FILE_NAME)) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw Unusable.because("its " + NativeIndex.FILE_NAME + " cannot be read", e);
        }
        NativeIndex index = NativeIndex.parse(bytes);
        if (!index.platform().equals(bundle.platform()) || !index.backend().equals(bundle.backend())) {
            throw new Unusable("it says " + bundle.platform() + ' ' + bundle.backend() + ", its index says "
                    + index.platform() + ' ' + index.backend());
        }
        return new PackedNatives(bundle, bytes, index);
    }

    /** Names these libraries in the cache: other content has another name. */
    String cacheName() {
        return index.platform() + '-' + index.backend() + '-' + Bytes.sha256(indexBytes).substring(0, 12);
    }

    /**
     * Writes all files into an empty folder and checks every hash. What is written is left there on failure.
     *
     * @param attributes of the files to create
     */
    void unpack(Path folder, FileAttribute<?>... attributes) throws IOException, Unusable {
        for (String name : index.files().keySet()) {
            Path target = Files.createFile(folder.resolve(name), attributes);
            if (Probe.isProgram(name)) {
                boolean _ = target.toFile().setExecutable(true, false);
            }
            try (OutputStream out = new FileOutputStream(target.toFile())) {
                copy(name, out);
            }
        }
        Path target = Files.createFile(folder.resolve(NativeIndex.FILE_NAME), attributes);
        try (OutputStream out = new FileOutputStream(target.toFile())) {
            out.write(indexBytes);
        }
    }

    /** Writes one file and checks its hash. */
    void copy(String name, OutputStream out) throws IOException, Unusable {
        try (InputStream in = open(bundle, name)) {
            String sha256 = Bytes.sha256(in, out);
            String expected = index.files().get(name).sha256();
            if (!sha256.equals(expected)) {
                throw new Unusable(
                        "the jar is damaged: " + bundle.resource(name) + " has SHA-256 " + sha256 + ", its index says "
                                + expected,
                        "Fetch the jar again.");
            }
        }
    }

    /** The first bytes of a file, at most {@code most}; nothing is unpacked. */
    byte[] head(String name, int most) throws IOException, Unusable {
        try (InputStream in = open(bundle, name)) {
            return in.readNBytes(most);
        }
    }

    /**
     * Says no to a file that is not as it was unpacked. What is damaged has another CRC-32, and a jar tells those of its
     * entries: the SHA-256 of a core library takes a JVM that has just started a tenth of a second.
     */
    void requireSame(String name, Path file) throws IOException, Unusable {
        OptionalLong crc32 = crc32(name);
        if (crc32.isPresent()) {
            require(name, "CRC-32", Long.toHexString(crc32.getAsLong()), Long.toHexString(Bytes.crc32(file)));
        } else {
            require(name, "SHA-256", index.files().get(name).sha256(), Bytes.sha256(file));
        }
    }

    private static void require(String name, String what, String expected, String found) throws Unusable {
        if (!found.equals(expected)) {
            throw new Unusable(name + " has " + what + ' ' + found + " instead of " + expected);
        }
    }

    /** As the jar has it; empty where the files do not come from a jar. */
    private OptionalLong crc32(String name) throws IOException, Unusable {
        if (!(connection(bundle, name) instanceof JarURLConnection connection)) {
            return OptionalLong.empty();
        }
        try (JarFile _ = connection.getJarFile()) {
            JarEntry entry = connection.getJarEntry();
            return entry == null || entry.getCrc() < 0 ? OptionalLong.empty() : OptionalLong.of(entry.getCrc());
        }
    }

    private static InputStream open(NativeBundle bundle, String name) throws IOException, Unusable {
        return connection(bundle, name).getInputStream();
    }

    private static URLConnection connection(NativeBundle bundle, String name) throws IOException, Unusable {
        URL url = bundle.resource(name);
        if (url == null) {
            throw new Unusable("it has no " + name);
        }
        URLConnection connection = url.openConnection();
        // A cached connection keeps its jar open, which on Windows cannot be replaced then.
        connection.setUseCaches(false);
        return connection;
    }
}
