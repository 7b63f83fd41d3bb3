package io.github.llamaffm.bindings;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Where the CUDA run-time libraries may lie: folders that need not exist, in order. Loops, no streams: this runs once in a
 * process, where each lambda costs as much as what it does.
 *
 * @param root        of the file system
 * @param home        of the user
 * @param environment variables
 */
record CudaFolders(Path root, String home, UnaryOperator<String> environment) {

    private static final List<String> IN_TOOLKIT =
            List.of("", "lib64", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib", "lib", "bin/x64", "bin");

    static CudaFolders current() {
        return new CudaFolders(Path.of("/"), System.getProperty("user.home", ""), System::getenv);
    }

    /** Those that the user names for us, then those that NVIDIA's own variables name. */
    List<Path> named(List<LoaderSettings.Named> ours) {
        List<Path> folders = new ArrayList<>();
        for (LoaderSettings.Named named : ours) {
            addToolkit(named.value(), folders);
        }
        addToolkit(variable("CUDA_PATH"), folders);
        addToolkit(variable("CUDA_HOME"), folders);
        return folders;
    }

    /** Where toolkits, distributions and Python's packages put them. */
    List<Path> usual() {
        List<Path> folders = new ArrayList<>();
        for (Path toolkit : newestFirst(root.resolve("usr/local"), "cuda")) {
            addToolkit(toolkit, folders);
        }
        addToolkit(root.resolve("opt/cuda"), folders);
        addToolkit(root.resolve("usr/lib/cuda"), folders);
        for (String system : List.of("usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64")) {
            folders.add(root.resolve(system));
        }
        addToolkit(variable("CONDA_PREFIX"), folders);
        for (Path prefix : pythons()) {
            addWheels(prefix, folders);
        }
        return folders;
    }

    private static void addToolkit(String folder, List<Path> folders) {
        Optional<Path> path = absolute(folder);
        if (path.isPresent()) {
            addToolkit(path.get(), folders);
        }
    }

    private static void addToolkit(Path folder, List<Path> folders) {
        for (String name : IN_TOOLKIT) {
            folders.add(folder.resolve(name));
        }
    }

    /** Folders with the bin and the lib of a Python. */
    private Set<Path> pythons() {
        Set<Path> prefixes = new LinkedHashSet<>();
        absolute(variable("VIRTUAL_ENV")).ifPresent(prefixes::add);
        absolute(variable("CONDA_PREFIX")).ifPresent(prefixes::add);
        for (String entry : variable("PATH").split(File.pathSeparator)) {
            Optional<Path> bin = absolute(entry);
            if (bin.isPresent() && bin.get().getParent() != null && Files.exists(bin.get().resolve("python3"))) {
                prefixes.add(bin.get().getParent());
            }
        }
        if (!home.isEmpty()) {
            absolute(home + "/.local").ifPresent(prefixes::add);
        }
        return prefixes;
    }

    /** The folders of the packages nvidia-*: nvidia/cu13/lib, or for CUDA 12 one for each library. */
    private static void addWheels(Path prefix, List<Path> folders) {
        for (Path python : newestFirst(prefix.resolve("lib"), "python3")) {
            for (String packages : List.of("site-packages", "dist-packages")) {
                for (Path wheel : newestFirst(python.resolve(packages).resolve("nvidia"), "")) {
                    folders.add(wheel.resolve("lib"));
                }
            }
        }
    }

    private static List<Path> newestFirst(Path folder, String prefix) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (entry.getFileName().toString().startsWith(prefix)) {
                        found.add(entry);
                    }
                }
            } catch (IOException _) {
                // Then it is as if there were none.
            }
        }
        found.sort(Comparator.reverseOrder());
        return found;
    }

    private String variable(String name) {
        String value = environment.apply(name);
        return value == null ? "" : value;
    }

    /** Nothing for what is no absolute path: a library must not depend on where a program was started. */
    private static Optional<Path> absolute(String text) {
        try {
            Path path = Path.of(text);
            return path.isAbsolute() ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }
}
