package io.github.llamaffm.bindings;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Where the CUDA run-time libraries may lie. Folders that need not exist, in order; the streams look no further than they
 * are read.
 *
 * @param root        of the file system
 * @param home        of the user
 * @param environment variables
 */
record CudaFolders(Path root, String home, UnaryOperator<String> environment) {

    static CudaFolders current() {
        return new CudaFolders(Path.of("/"), System.getProperty("user.home", ""), System::getenv);
    }

    /** Those that the user names for us, then those that NVIDIA's own variables name. */
    Stream<Path> named(List<LoaderSettings.Named> folders) {
        Stream<String> ours = folders.stream().map(LoaderSettings.Named::value);
        Stream<String> nvidias = Stream.of("CUDA_PATH", "CUDA_HOME").map(this::variable);
        return Stream.concat(ours, nvidias).flatMap(CudaFolders::path).flatMap(CudaFolders::ofToolkit);
    }

    /** Where toolkits, distributions and Python's packages put them. */
    Stream<Path> usual() {
        return Stream.<Supplier<Stream<Path>>>of(
                        () -> newestFirst(root.resolve("usr/local"), "cuda*").flatMap(CudaFolders::ofToolkit),
                        () -> Stream.of("opt/cuda", "usr/lib/cuda").map(root::resolve).flatMap(CudaFolders::ofToolkit),
                        () -> Stream.of("usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64")
                                .map(root::resolve),
                        () -> path(variable("CONDA_PREFIX")).flatMap(CudaFolders::ofToolkit),
                        () -> prefixes().flatMap(CudaFolders::ofPython))
                .flatMap(Supplier::get);
    }

    private static Stream<Path> ofToolkit(Path folder) {
        return Stream.of("", "lib64", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib", "lib", "bin/x64", "bin")
                .map(folder::resolve);
    }

    /** Folders with a bin and a lib of a Python. */
    private Stream<Path> prefixes() {
        Stream<Path> active = Stream.of("VIRTUAL_ENV", "CONDA_PREFIX").map(this::variable).flatMap(CudaFolders::path);
        Stream<Path> users = path(home.isEmpty() ? "" : home + "/.local");
        Stream<Path> onPath = Stream.of(variable("PATH").split(File.pathSeparator))
                .flatMap(CudaFolders::path)
                .filter(bin -> Files.exists(bin.resolve("python3")) && bin.getParent() != null)
                .map(Path::getParent);
        return Stream.concat(Stream.concat(active, onPath), users).distinct();
    }

    /** The folders of the packages nvidia-*: nvidia/cu13/lib, or for CUDA 12 one for each library. */
    private static Stream<Path> ofPython(Path prefix) {
        return newestFirst(prefix.resolve("lib"), "python3*")
                .flatMap(python -> Stream.of(python.resolve("site-packages"), python.resolve("dist-packages")))
                .flatMap(packages -> newestFirst(packages.resolve("nvidia"), "*"))
                .map(wheel -> wheel.resolve("lib"));
    }

    private static Stream<Path> newestFirst(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
            entries.forEach(found::add);
        } catch (IOException _) {
            // There is nothing then.
        }
        found.sort(Comparator.reverseOrder());
        return found.stream();
    }

    private String variable(String name) {
        String value = environment.apply(name);
        return value == null ? "" : value;
    }

    /** Nothing for what is no absolute path: a library must not depend on where a program was started. */
    private static Stream<Path> path(String text) {
        try {
            Path path = Path.of(text);
            return path.isAbsolute() ? Stream.of(path) : Stream.empty();
        } catch (InvalidPathException _) {
            return Stream.empty();
        }
    }
}
