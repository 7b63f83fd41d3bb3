package io.github.llamaffm.benchmarks.sides;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** What computes, and what else it does: read from Linux. */
final class Machine {

    private static final String UNKNOWN = "unknown";

    private Machine() {}

    /** For a table. */
    static Map<String, String> describe() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("CPU", field("/proc/cpuinfo", "model name"));
        facts.put("Cores", cores() + ", with " + Runtime.getRuntime().availableProcessors() + " threads");
        facts.put("Memory", gibibytes(field("/proc/meminfo", "MemTotal")));
        facts.put("Kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("Governor", first("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
        facts.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
        return facts;
    }

    /** The load of the last one, five and fifteen minutes. */
    static String load() {
        String load = first("/proc/loadavg");
        return load.equals(UNKNOWN) ? load : String.join(" ", List.of(load.split(" ")).subList(0, 3));
    }

    /** Physical cores; where they are unknown, what Java may use. */
    static int cores() {
        TreeSet<String> siblings = new TreeSet<>();
        int processors = Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < processors; i++) {
            siblings.add(first("/sys/devices/system/cpu/cpu" + i + "/topology/thread_siblings_list"));
        }
        return siblings.contains(UNKNOWN) || siblings.isEmpty() ? processors : siblings.size();
    }

    private static String gibibytes(String kibibytes) {
        String digits = kibibytes.replaceAll("\\D", "");
        return digits.isEmpty() ? UNKNOWN : String.format(Locale.ROOT, "%.1f GiB", Long.parseLong(digits) / 1048576.0);
    }

    private static String field(String file, String name) {
        return lines(file).stream().filter(line -> line.startsWith(name)).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(UNKNOWN);
    }

    private static String first(String file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? UNKNOWN : lines.getFirst().strip();
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException _) {
            return new ArrayList<>();
        }
    }
}
