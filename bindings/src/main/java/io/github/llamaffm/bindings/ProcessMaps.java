package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files that this process has mapped, from {@code /proc/self/maps}; none where the system has no such file.
 *
 * @param files absolute paths, links resolved, each once for each run of neighbouring mappings
 */
record ProcessMaps(List<String> files) {

    private static final String DELETED = " (deleted)";

    static ProcessMaps current() {
        try {
            return parse(new String(Bytes.of(Path.of("/proc/self/maps")), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return new ProcessMaps(List.of());
        }
    }

    static ProcessMaps parse(String text) {
        List<String> files = new ArrayList<>();
        String last = "";
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            // Address, permissions, offset, device and inode have no slash.
            int path = text.indexOf('/', start);
            if (path >= 0 && path < end) {
                String file = text.substring(path, end);
                if (!file.equals(last)) {
                    files.add(file);
                    last = file;
                }
            }
            start = end + 1;
        }
        return new ProcessMaps(List.copyOf(files));
    }

    /**
     * The mapped file of that name.
     *
     * @throws Unusable if it was deleted since: then nothing can open it a second time
     */
    Optional<Path> find(String fileName) throws Unusable {
        String suffix = '/' + fileName;
        for (String file : files) {
            if (file.endsWith(suffix)) {
                return Optional.of(Path.of(file));
            }
            if (file.equals(inMemory(fileName))) {
                return Optional.of(MemoryFile.find(fileName).orElseThrow(() -> new Unusable(
                        fileName + " is loaded in this process from memory already, and its descriptor was closed since",
                        "Restart the process.")));
            }
            if (file.endsWith(suffix + DELETED)) {
                throw new Unusable(
                        file.substring(0, file.length() - DELETED.length())
                                + " is loaded in this process already, but the file was deleted since",
                        "Restart the process.");
            }
        }
        return Optional.empty();
    }

    /** How the system lists a {@link MemoryFile}. */
    static String inMemory(String name) {
        return "/memfd:" + name + DELETED;
    }

    /** Whether this process runs on the musl C library. */
    boolean musl() {
        for (String file : files) {
            if (file.contains("/ld-musl-") || file.contains("/libc.musl-")) {
                return true;
            }
        }
        return false;
    }
}
