package io.github.llamaffm.benchmarks.sides;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What takes part, and where it is.
 *
 * @param cli the command of ours
 * @param model the default model
 * @param large the one that is made of random weights
 * @param peers upstream's tools with our flags
 * @param readme the same as upstream's page says
 * @param sources of llama.cpp, for its headers
 * @param python one that has llama-cpp-python
 * @param jlama the folder of the default model as Jlama reads it
 * @param work for what is made on the way
 */
record Settings(Profile profile, List<String> cli, Path model, Optional<Path> large, Path peers, Optional<Path> readme, Path sources,
                Optional<Path> python, Optional<Path> jlama, int threads, Path work) {

    /** A main class of ours in a JVM of its own, on the class path of this one. */
    static List<String> java(Class<?> main, String... options) {
        return java(main.getName(), "", options);
    }

    /** One that uses Jlama, whose jars are named by the system property {@code bench.jlama.jars} where they are not on the class path. */
    static List<String> jlama(Class<?> main) {
        return java(main.getName(), File.pathSeparator + System.getProperty("bench.jlama.jars", ""), "--add-modules", "jdk.incubator.vector");
    }

    /** The command of ours on the class path of this JVM. */
    static List<String> classPathCli() {
        return java("io.github.llamaffm.cli.Main", "");
    }

    private static List<String> java(String main, String more, String... options) {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"));
        for (String property : List.of("llamaffm.library.path", "llamaffm.cache.dir")) {
            if (System.getProperty(property) != null) {
                line.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        line.addAll(List.of(options));
        line.addAll(List.of("-cp", absolute(System.getProperty("java.class.path") + more), main));
        return List.copyOf(line);
    }

    private static String absolute(String classPath) {
        return String.join(File.pathSeparator, List.of(classPath.split(File.pathSeparator)).stream()
                .map(entry -> entry.isEmpty() ? entry : Path.of(entry).toAbsolutePath().toString())
                .toList());
    }
}
