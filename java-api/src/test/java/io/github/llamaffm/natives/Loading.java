package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What a {@link LoadProcess} wrote.
 *
 * @param text one line for each fact, or the failure
 */
record Loading(String text) {

    /** Runs it; it must not write a byte to stdout or stderr, whether it loads or fails. */
    static Loading run(Path scratch, UnaryOperator<ChildJvm> set) throws IOException {
        Path outcome = Files.createTempFile(scratch, "outcome", "");
        set.apply(child(LoadProcess.class)).arguments(outcome).run().assertSilent();
        return new Loading(Files.readString(outcome));
    }

    /** A child whose loader nothing steers yet, on the class path of a program without native libraries. */
    static ChildJvm child(Class<?> main) {
        ChildJvm child = ChildJvm.of(main).classPath(classPath(NativeFolder.BINDINGS, NativeFolder.TESTS));
        for (String property : List.of("library.path", "cache.dir", "backends", "abi", "crash.dir")) {
            child.property("llamaffm." + property, null);
        }
        for (String variable : List.of("LLAMAFFM_LIBRARY_PATH", "LLAMAFFM_CACHE_DIR", "XDG_CACHE_HOME")) {
            child.environment(variable, "");
        }
        return child.environment("LC_ALL", "C.UTF-8");
    }

    static String classPath(Path... entries) {
        return Arrays.stream(entries).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    Path core() {
        return Path.of(value("core"));
    }

    Path cpuModule() {
        return Path.of(value("cpu"));
    }

    String abiId() {
        return value("abi");
    }

    /** What {@link FallbackProcess} got where it required a GPU. */
    String required() {
        return value("required");
    }

    String devices() {
        return value("devices");
    }

    List<String> candidates() {
        return text.lines().filter(line -> line.startsWith("candidate ")).toList();
    }

    List<String> warnings() {
        return text.lines().filter(line -> line.startsWith("warning ")).toList();
    }

    Loading assertLoaded() {
        assertThat(text).startsWith("core ");
        return this;
    }

    String failure() {
        assertThat(text).startsWith("failure ");
        return text;
    }

    private String value(String name) {
        assertLoaded();
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + text));
    }
}
