package io.github.llamaffm.bindings;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * What a verdict of the probe is true for: another processor, kernel or driver may behave otherwise.
 *
 * @param root        of the file system
 * @param properties  of the system
 * @param environment variables
 */
record ProbeMachine(Path root, UnaryOperator<String> properties, Map<String, String> environment) {

    /** Lines of /proc/cpuinfo that are no measurements. The flags are those that the kernel has switched on. */
    private static final List<String> CPU_LINES = List.of(
            "vendor_id", "cpu family", "model", "model name", "stepping", "microcode", "flags", "CPU implementer", "CPU architecture",
            "CPU variant", "CPU part", "CPU revision", "Features");

    private static final List<String> DRIVER_VERSIONS = List.of(
            "proc/driver/nvidia/version", "sys/module/nvidia/version", "sys/module/amdgpu/srcversion", "sys/module/i915/srcversion",
            "sys/module/xe/srcversion", "sys/module/nouveau/srcversion");

    /** Where the system lists drivers for Vulkan, a file each, and where devices show. */
    private static final List<String> FOLDERS = List.of(
            "usr/share/vulkan/icd.d", "usr/local/share/vulkan/icd.d", "etc/vulkan/icd.d", "dev/dri");

    private static final List<String> WINDOWS_DRIVERS = List.of("nvcuda.dll", "vulkan-1.dll");

    /** They choose drivers and devices, or change what those do. */
    private static final List<String> PREFIXES = List.of("CUDA_", "NVIDIA_", "GGML_", "VK_", "HIP_", "ROCR_", "LD_LIBRARY_PATH", "LD_PRELOAD");

    static ProbeMachine current() {
        return new ProbeMachine(Path.of("/"), System::getProperty, System.getenv());
    }

    /** What a CPU module depends on, in lines. */
    List<String> cpu() {
        List<String> lines = new ArrayList<>();
        for (String property : List.of("os.name", "os.arch", "os.version")) {
            lines.add(property + ' ' + properties.apply(property));
        }
        // Of Windows; elsewhere there is none.
        for (String variable : List.of("PROCESSOR_IDENTIFIER", "PROCESSOR_REVISION")) {
            lines.add(variable + ' ' + environment.getOrDefault(variable, ""));
        }
        TreeSet<String> processors = new TreeSet<>();
        for (String line : read("proc/cpuinfo").split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && CPU_LINES.contains(line.substring(0, colon).strip())) {
                processors.add(line);
            }
        }
        lines.addAll(processors);
        return lines;
    }

    /** What a GPU module depends on besides, in lines. */
    List<String> gpu() {
        List<String> lines = new ArrayList<>();
        for (String file : DRIVER_VERSIONS) {
            lines.add(file + ' ' + read(file).strip().replace('\n', ' '));
        }
        for (String folder : FOLDERS) {
            lines.addAll(files(folder, "*"));
        }
        lines.addAll(files("dev", "nvidia*"));
        String windows = environment.getOrDefault("SystemRoot", "");
        for (String driver : windows.isEmpty() ? List.<String>of() : WINDOWS_DRIVERS) {
            lines.add(file(Path.of(windows, "System32", driver)));
        }
        new TreeMap<>(environment).forEach((name, value) -> {
            if (PREFIXES.stream().anyMatch(name::startsWith)) {
                lines.add(name + ' ' + value.replace('\n', ' '));
            }
        });
        for (String variable : List.of("VK_DRIVER_FILES", "VK_ICD_FILENAMES")) {
            for (String file : environment.getOrDefault(variable, "").split(File.pathSeparator)) {
                lines.add(named(file));
            }
        }
        return lines;
    }

    private static String named(String file) {
        try {
            return file.isEmpty() ? "" : file(Path.of(file));
        } catch (InvalidPathException _) {
            return file;
        }
    }

    /** A file that another one could take the place of. */
    static String file(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            // A device file has the time of the last start.
            return file + (attributes.isRegularFile() ? " " + attributes.size() + ' ' + attributes.lastModifiedTime() : "");
        } catch (IOException _) {
            return file + " none";
        }
    }

    private List<String> files(String folder, String pattern) {
        TreeSet<String> lines = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(folder), pattern)) {
            files.forEach(file -> lines.add(file(file)));
        } catch (IOException _) {
            // There are none.
        }
        return List.copyOf(lines);
    }

    private String read(String file) {
        try {
            return new String(Bytes.of(root.resolve(file)), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "";
        }
    }
}
