package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The mounted file systems, from {@code /proc/self/mountinfo}, in order: a later one hides an earlier one. None where the
 * system has no such file.
 */
record Mounts(List<Mount> mounts) {

    /** @param point absolute path without a slash at its end: empty for the root */
    record Mount(String point, boolean noexec) {}

    static Mounts current() {
        try {
            return parse(new String(Bytes.of(Path.of("/proc/self/mountinfo")), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return new Mounts(List.of());
        }
    }

    /** Reads lines such as {@code 36 35 98:0 /root /mount/point rw,noexec master:1 - ext4 /dev/sda rw}. */
    static Mounts parse(String text) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] fields = line.split(" ", 7);
            if (fields.length >= 6) {
                String point = unescape(fields[4]);
                boolean noexec = List.of(fields[5].split(",")).contains("noexec");
                mounts.add(new Mount(point.equals("/") ? "" : point, noexec));
            }
        }
        return new Mounts(List.copyOf(mounts));
    }

    /**
     * Whether code in that folder cannot be mapped for execution.
     *
     * @param folder absolute, links resolved
     */
    boolean noexec(Path folder) {
        String path = folder + "/";
        Mount nearest = null;
        for (Mount mount : mounts) {
            if (path.startsWith(mount.point() + '/')
                    && (nearest == null || mount.point().length() >= nearest.point().length())) {
                nearest = mount;
            }
        }
        return nearest != null && nearest.noexec();
    }

    // The kernel writes space, tab, newline and backslash as three octal digits.
    private static String unescape(String field) {
        return field.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    }
}
