package io.github.llamaffm.bindings;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code bindings.lock} of a repository: tells where the pinned headers, the generator's inputs or its outputs are no
 * longer those that it was written for.
 */
final class BindingsLock {
    private static final Path SOURCES = Path.of("third_party/llama.cpp/source");
    private static final Path PIN = Path.of("third_party/llama.cpp/pin.properties");
    private static final Path LOCK = Path.of("bindings/bindings.lock");
    private static final List<Path> OUTPUT_FOLDERS =
            List.of(Path.of("bindings/src/generated/java"), Path.of("bindings/src/generated/resources"));

    private final Path root;
    private final Properties lock;

    /** @param root the repository */
    BindingsLock(Path root) {
        this.root = root;
        this.lock = properties(root.resolve(LOCK));
    }

    /** The repository that the build runs in. */
    static Path repository() {
        return Path.of(System.getProperty("llamaffm.root")).normalize();
    }

    /** Every difference between the lock and what is there: one line each, none if the bindings are up to date. */
    List<String> drift() {
        if (!Files.isDirectory(root.resolve(SOURCES))) {
            return List.of("no llama.cpp sources in " + root.resolve(SOURCES) + "; run third_party/llama.cpp/fetch");
        }
        var drift = new ArrayList<String>();
        expect("llama.cpp.tree", properties(root.resolve(PIN)).getProperty("tree"), drift);
        expect("abi.id", abiId(), drift);
        paths("header.").forEach(path -> expect("header." + path, sha256(root.resolve(SOURCES).resolve(path)), drift));
        for (String kind : List.of("shim.", "input.", "output.")) {
            paths(kind).forEach(path -> expect(kind + path, sha256(root.resolve(path)), drift));
        }
        Set<String> unknown = files(OUTPUT_FOLDERS);
        unknown.removeAll(paths("output."));
        unknown.forEach(path -> drift.add(path + " is not in " + LOCK));
        return drift.stream().map(line -> line + "; run ci/bindings").toList();
    }

    /** The recipe that the head of the lock gives. */
    String abiId() {
        var text = new StringBuilder(lock.getProperty("llama.cpp.tree")).append('\n');
        for (String kind : List.of("header.", "shim.")) {
            paths(kind).forEach(path -> text.append(lock.getProperty(kind + path)).append(' ').append(path).append('\n'));
        }
        return sha256(text.toString().getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    }

    /** Sorted, as in the file. */
    private Set<String> paths(String kind) {
        return lock.stringPropertyNames().stream()
                .filter(key -> key.startsWith(kind))
                .map(key -> key.substring(kind.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void expect(String key, String found, List<String> drift) {
        String locked = lock.getProperty(key);
        if (!found.equals(locked)) {
            drift.add(key + " is " + found + ", but " + LOCK + " says " + locked);
        }
    }

    private Set<String> files(List<Path> folders) {
        var files = new TreeSet<String>();
        for (Path folder : folders) {
            try (Stream<Path> walk = Files.walk(root.resolve(folder))) {
                walk.filter(Files::isRegularFile)
                        .map(file -> root.relativize(file).toString().replace('\\', '/'))
                        .forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }

    private static Properties properties(Path file) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    private static String sha256(Path file) {
        try {
            return Files.exists(file) ? sha256(Files.readAllBytes(file)) : "missing";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
