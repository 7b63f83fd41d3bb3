package io.github.llamaffm.natives;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.Natives;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/** A folder of the real native libraries, to be copied and spoiled in one way or another. */
record NativeFolder(Path path) {

    static final Path BINDINGS = codeSource(NativeLibrary.class);
    static final Path TESTS = codeSource(LoadProcess.class);

    private static final String INDEX = "index.properties";

    /** Unpacks the native jar that the build made, which is on the class path of these tests. */
    static NativeFolder unpack(Path folder) throws IOException {
        Loading.child(Natives.class)
                .classPath(Loading.classPath(BINDINGS, jar()))
                .arguments("unpack", folder)
                .run()
                .assertSuccess();
        return new NativeFolder(folder.toRealPath());
    }

    /** The native jar that the build made. */
    static Path jar() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("llama-ffm-native-cpu") || entry.contains("native/cpu"))
                .map(Path::of)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no llama-ffm-native-cpu on the class path of the tests"));
    }

    private static Path codeSource(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    NativeFolder copyTo(Path target) throws IOException {
        Files.createDirectories(target);
        for (Path file : files()) {
            Files.copy(file, target.resolve(file.getFileName()));
        }
        return new NativeFolder(target.toRealPath());
    }

    List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.sorted().toList();
        }
    }

    String property(String key) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(path.resolve(INDEX))));
        return properties.getProperty(key);
    }

    Path core() throws IOException {
        return path.resolve(property("core"));
    }

    String abiId() throws IOException {
        return property("abi.id");
    }

    /** Replaces bytes in one file by others of the same number, wherever they occur. */
    NativeFolder replace(Path file, String text, String replacement) throws IOException {
        // One char is one byte in this character set.
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.length() != replacement.length() || !bytes.contains(text)) {
            throw new IllegalArgumentException(file + " has no " + text + " that " + replacement + " could replace");
        }
        Files.writeString(file, bytes.replace(text, replacement), StandardCharsets.ISO_8859_1);
        return this;
    }

    /** Makes libraries of another ABI id: SONAME, NEEDED and what the library says of itself have equal lengths. */
    NativeFolder withAbiId(String other) throws IOException {
        String id = abiId();
        for (Path file : files()) {
            if (file.endsWith("probe")) {
                continue; // it opens the core by its path
            }
            replace(file, id, other);
            Files.move(file, file.resolveSibling(file.getFileName().toString().replace(id, other)));
        }
        return reindex();
    }

    NativeFolder setProperty(String key, String value) throws IOException {
        Path index = path.resolve(INDEX);
        Files.writeString(index, Files.readString(index).replace(key + "=" + property(key), key + "=" + value));
        return this;
    }

    /** Writes the sizes and hashes of the files as they are now. */
    NativeFolder reindex() throws IOException {
        StringBuilder index = new StringBuilder();
        for (String line : Files.readAllLines(path.resolve(INDEX))) {
            if (!line.startsWith("file.")) {
                index.append(line).append('\n');
            }
        }
        for (Path file : files()) {
            if (!file.endsWith(INDEX)) {
                index.append("file." + file.getFileName() + "=" + Files.size(file) + " " + sha256(file) + "\n");
            }
        }
        Files.writeString(path.resolve(INDEX), index);
        return this;
    }

    /** Packs the folder as a native jar whose service is {@code bundle}. */
    Path pack(Path jar, Class<? extends FolderBundle> bundle) throws IOException {
        try (JarOutputStream entries = new JarOutputStream(Files.newOutputStream(jar))) {
            entries.setLevel(Deflater.NO_COMPRESSION);
            String service = "META-INF/services/io.github.llamaffm.bindings.NativeBundle";
            write(entries, service, bundle.getName().getBytes(StandardCharsets.UTF_8));
            for (Path file : files()) {
                write(entries, FolderBundle.folder(bundle) + file.getFileName(), Files.readAllBytes(file));
            }
        }
        return jar;
    }

    private static void write(JarOutputStream jar, String name, byte[] bytes) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(bytes);
        jar.closeEntry();
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
