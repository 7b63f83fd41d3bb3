package io.github.llamaffm.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the control groups that this process is in, as a container or a service manager sets them.
 *
 * @param groups each bound by its own limit; those of the older and the newer kind may both be in force
 */
record ControlGroups(List<Group> groups) {

    /** The files that tell of one kind of control group. */
    private enum Kind {
        V1(" - cgroup ", List.of("memory.limit_in_bytes"), "memory.usage_in_bytes", "total_"),
        /** Above its high mark a group is slowed down until it is of no use. */
        V2(" - cgroup2 ", List.of("memory.max", "memory.high"), "memory.current", "");

        private final String mounted;
        private final List<String> limits;
        private final String usage;
        private final String prefix;

        Kind(String mounted, List<String> limits, String usage, String prefix) {
            this.mounted = mounted;
            this.limits = limits;
            this.usage = usage;
            this.prefix = prefix;
        }
    }

    /** More than any machine has: the older groups say "none" by the largest number of whole pages. */
    private static final long NO_LIMIT = 1L << 60;

    /**
     * One group that is mounted here.
     *
     * @param outermost whether those around it, if any, cannot be seen here
     */
    private record Group(Kind kind, Path folder, boolean outermost) {

        /** What its limit leaves, the largest number where it has none; files in memory can be dropped, so they count as left. */
        long available() {
            long limit = limit();
            long used = limit < NO_LIMIT ? number(folder.resolve(kind.usage)) : Long.MAX_VALUE;
            if (used == Long.MAX_VALUE) {
                return Long.MAX_VALUE;
            }
            String[] statistics = statistics();
            return limit - used
                    + HostMemory.field(statistics, kind.prefix + "inactive_file ").orElse(0)
                    + HostMemory.field(statistics, kind.prefix + "active_file ").orElse(0);
        }

        private long limit() {
            // The older groups tell the limit of those above, which a container does not see.
            long limit = kind == Kind.V1 && outermost
                    ? HostMemory.field(statistics(), "hierarchical_memory_limit ").orElse(Long.MAX_VALUE)
                    : Long.MAX_VALUE;
            for (String name : kind.limits) {
                limit = Math.min(limit, number(folder.resolve(name)));
            }
            return limit;
        }

        private String[] statistics() {
            return HostMemory.lines(folder.resolve("memory.stat"));
        }

        /** How many CPUs its quota is worth; infinite where it has none. */
        double cpus() {
            String[] quota = switch (kind) {
                case V1 -> new String[] {firstLine("cpu.cfs_quota_us"), firstLine("cpu.cfs_period_us")};
                case V2 -> firstLine("cpu.max").split(" ");
            };
            // None is "max", or -1 of the older kind.
            return quota.length == 2 && quota[0].matches("\\d{1,18}") && quota[1].matches("0*[1-9]\\d{0,17}")
                    ? Double.parseDouble(quota[0]) / Double.parseDouble(quota[1])
                    : Double.POSITIVE_INFINITY;
        }

        private String firstLine(String name) {
            String[] lines = HostMemory.lines(folder.resolve(name));
            return lines.length == 0 ? "" : lines[0].strip();
        }
    }

    /**
     * Those that limit memory.
     *
     * @param root of the file system, for tests
     */
    static ControlGroups ofMemory(Path root) {
        return read(root, "memory");
    }

    /** Those that limit CPU time. */
    static ControlGroups ofCpu(Path root) {
        return read(root, "cpu");
    }

    private static ControlGroups read(Path root, String controller) {
        List<Group> groups = new ArrayList<>();
        String[] mounts = HostMemory.lines(root.resolve("proc/self/mountinfo"));
        for (String line : HostMemory.lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            if (parts[1].isEmpty()) {
                addHierarchy(groups, Kind.V2, mount(root, Kind.V2, controller, mounts), parts[2]);
            } else if (lists(parts[1], controller)) {
                addHierarchy(groups, Kind.V1, mount(root, Kind.V1, controller, mounts), parts[2]);
            }
        }
        return new ControlGroups(List.copyOf(groups));
    }

    /** The least that any group leaves; the largest number where none limits. */
    long available() {
        long least = Long.MAX_VALUE;
        for (Group group : groups) {
            least = Math.min(least, group.available());
        }
        return least;
    }

    /** The least that any group may use of them; infinite where none limits. */
    double cpus() {
        double least = Double.POSITIVE_INFINITY;
        for (Group group : groups) {
            least = Math.min(least, group.cpus());
        }
        return least;
    }

    /** A group is bound by its own limit and by that of every group it lies in. */
    private static void addHierarchy(List<Group> groups, Kind kind, @Nullable Mount mount, String path) {
        if (mount == null) {
            return;
        }
        Path group = Path.of(path).normalize();
        // In a container the path may be the host's, and what is mounted here a group on the way to it, or that very group.
        Path inside = group.startsWith(mount.group) ? mount.group.relativize(group) : Path.of("");
        Path folder = mount.folder.resolve(inside).normalize();
        while (folder.startsWith(mount.folder)) {
            groups.add(new Group(kind, folder, folder.equals(mount.folder)));
            folder = folder.getParent();
        }
    }

    /**
     * A place where control groups can be seen.
     *
     * @param group whose folder it shows
     */
    private record Mount(Path folder, Path group) {}

    /** Null where it is mounted nowhere; the usual place where the system does not tell. */
    private static @Nullable Mount mount(Path root, Kind kind, String controller, String[] mounts) {
        for (String line : mounts) {
            Mount mount = mount(root, kind, controller, line);
            if (mount != null) {
                return mount;
            }
        }
        return mounts.length > 0
                ? null
                : new Mount(root.resolve(kind == Kind.V2 ? "sys/fs/cgroup" : "sys/fs/cgroup/" + controller), Path.of("/"));
    }

    /** Such as {@code 36 25 0:31 /docker/1a2b /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory}. */
    private static @Nullable Mount mount(Path root, Kind kind, String controller, String line) {
        int separator = line.indexOf(kind.mounted);
        if (separator < 0 || kind == Kind.V1 && !lists(line.substring(line.lastIndexOf(' ') + 1), controller)) {
            return null;
        }
        String[] place = line.substring(0, separator).split(" ");
        return place.length < 5 ? null : new Mount(root.resolve(place[4].substring(1)), Path.of(place[3]).normalize());
    }

    private static boolean lists(String controllers, String controller) {
        return List.of(controllers.split(",")).contains(controller);
    }

    /** The largest where there is none, or the word for no limit. */
    private static long number(Path file) {
        String[] lines = HostMemory.lines(file);
        return lines.length == 0 ? Long.MAX_VALUE : HostMemory.firstNumber(lines[0], "max").orElse(Long.MAX_VALUE);
    }
}
