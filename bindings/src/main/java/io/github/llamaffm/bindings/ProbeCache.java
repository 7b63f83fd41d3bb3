package io.github.llamaffm.bindings;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Verdicts of the probe, a file each, whose name is the hash of everything that the verdict depends on. The file has it in words,
 * too, with the verdict in its last line.
 *
 * @param folder of this user alone
 */
record ProbeCache(Path folder) {

    private static final String VERDICT = "verdict ";

    /** Beside the extracted libraries. */
    static ProbeCache ofThisUser() throws IOException {
        return new ProbeCache(RuntimeCache.folder("probe"));
    }

    Path file(List<String> key) {
        return folder.resolve(Bytes.sha256(text(key).getBytes(StandardCharsets.UTF_8)).substring(0, 16) + ".txt");
    }

    Optional<ProbeVerdict> find(List<String> key) {
        try {
            String kept = new String(Bytes.of(file(key)), StandardCharsets.UTF_8);
            String start = text(key) + VERDICT;
            return kept.startsWith(start) && kept.endsWith("\n")
                    ? ProbeVerdict.parse(kept.substring(start.length(), kept.length() - 1))
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Whole or not at all. */
    void keep(List<String> key, ProbeVerdict verdict) throws IOException {
        byte[] text = (text(key) + VERDICT + verdict + '\n').getBytes(StandardCharsets.UTF_8);
        Path temporary = Files.createFile(CacheLocation.temporary(folder, ".new-"), CacheLocation.privateAttributes("rw-------"));
        try {
            try (OutputStream out = new FileOutputStream(temporary.toFile())) {
                out.write(text);
            }
            Files.move(temporary, file(key), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static String text(List<String> key) {
        return String.join("\n", key) + '\n';
    }
}
