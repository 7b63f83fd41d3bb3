package io.github.llamaffm.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The limits of the control groups that this process is in, as a container or a service manager sets them.
 *
 * @param groups each bound by its own limit; those of the older and the newer kind may both be in force
 */
record ControlGroups(List<Group> groups) {

    /** The files that tell of one kind of control group. */
    private enum Kind {
        V1(List.of("memory.limit_in_bytes"), "memory.usage_in_bytes", "total_"),
        /** Above its high mark a group is slowed down until it is of no use. */
        V2(List.of("memory.max", "memory.high"), "memory.current", "");

        private final List<String> limits;
        private final String usage;
        private final String prefix;

        Kind(List<String> limits, String usage, String prefix) {
            this.limits = limits;
            this.usage = usage;
            this.prefix = prefix;
        }
    }

    /** One group that is mounted here. */
    private record Group(Kind kind, Path folder) {

        /** What its limit leaves, the largest number where it has none; files in memory can be dropped, so they count as left. */
        long available() {
            Path statistics = folder.resolve("memory.stat");
            // The older groups tell the limit of those above, which a container does not see.
            long limit = HostMemory.field(statistics, "hierarchical_memory_limit ").orElse(Long.MAX_VALUE);
            for (String name : kind.limits) {
                limit = Math.min(limit, number(folder.resolve(name)));
            }
            long used = number(folder.resolve(kind.usage));
            if (limit == Long.MAX_VALUE || used == Long.MAX_VALUE) {
                return Long.MAX_VALUE;
            }
            return limit - used
                    + HostMemory.field(statistics, kind.prefix + "inactive_file ").orElse(0)
                    + HostMemory.field(statistics, kind.prefix + "active_file ").orElse(0);
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
        for (String line : HostMemory.lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            if (parts[1].isEmpty()) {
                addHierarchy(groups, Kind.V2, mount(root, Kind.V2, controller), parts[2]);
            } else if (List.of(parts[1].split(",")).contains(controller)) {
                addHierarchy(groups, Kind.V1, mount(root, Kind.V1, controller), parts[2]);
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
    private static void addHierarchy(List<Group> groups, Kind kind, Mount mount, String path) {
        Path group = Path.of(path).normalize();
        // In a container the path may be the host's, and what is mounted here a group on the way to it, or that very group.
        Path inside = group.startsWith(mount.group) ? mount.group.relativize(group) : Path.of("");
        Path folder = mount.folder.resolve(inside).normalize();
        while (folder.startsWith(mount.folder)) {
            groups.add(new Group(kind, folder));
            folder = folder.getParent();
        }
    }

    /**
     * A place where control groups can be seen.
     *
     * @param group whose folder it shows
     */
    private record Mount(Path folder, Path group) {}

    private static Mount mount(Path root, Kind kind, String controller) {
        for (String line : HostMemory.lines(root.resolve("proc/self/mountinfo"))) {
            Optional<Mount> mount = mount(root, kind, controller, line);
            if (mount.isPresent()) {
                return mount.get();
            }
        }
        return new Mount(root.resolve(kind == Kind.V2 ? "sys/fs/cgroup" : "sys/fs/cgroup/" + controller), Path.of("/"));
    }

    /** Such as {@code 36 25 0:31 /docker/1a2b /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory}. */
    private static Optional<Mount> mount(Path root, Kind kind, String controller, String line) {
        int separator = line.indexOf(" - cgroup");
        if (separator < 0) {
            return Optional.empty();
        }
        String[] place = line.substring(0, separator).split(" ");
        String[] system = line.substring(separator + 3).split(" ");
        if (place.length < 5 || system.length < 3) {
            return Optional.empty();
        }
        boolean matches = switch (kind) {
            case V2 -> system[0].equals("cgroup2");
            case V1 -> system[0].equals("cgroup") && List.of(system[2].split(",")).contains(controller);
        };
        return matches
                ? Optional.of(new Mount(root.resolve(place[4].substring(1)), Path.of(place[3]).normalize()))
                : Optional.empty();
    }

    /** The largest where there is none, or the word for no limit. */
    private static long number(Path file) {
        String[] lines = HostMemory.lines(file);
        return lines.length == 0 ? Long.MAX_VALUE : HostMemory.firstNumber(lines[0], "max").orElse(Long.MAX_VALUE);
    }
}
