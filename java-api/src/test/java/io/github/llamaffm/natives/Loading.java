package io.github.llamaffm.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a {@link LoadProcess} wrote.
 *
 * @param text one line for each fact, or the failure
 */
record Loading(String text) {

    /** Runs it; it must not write a byte to stdout or stderr, whether it loads or fails. */
    static Loading run(Path scratch, UnaryOperator<ChildJvm> set) throws Exception {
        Path outcome = Files.createTempFile(scratch, "outcome", "");
        ChildJvm.Result result = set.apply(ChildJvm.of(LoadProcess.class, outcome)).run();
        String text = Files.readString(outcome);
        result.assertSilentExit(text.startsWith("failure ") ? 1 : 0);
        return new Loading(text);
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
