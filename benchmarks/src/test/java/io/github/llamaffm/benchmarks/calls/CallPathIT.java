package io.github.llamaffm.benchmarks.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That every line of the table is there: not how fast anything is. */
class CallPathIT {

    /** The folder of natives that the tools of ci/test-files belong to. */
    private static Path natives() throws Exception {
        return Path.of(System.getProperty("llamaffm.tools.dir")).toRealPath().getParent();
    }

    private static Path compile(Path natives, Path folder) throws Exception {
        Path program = folder.resolve("calls");
        int status = new ProcessBuilder(System.getProperty("benchmarks.dir") + "/compile-calls", natives.toString(), program.toString())
                .inheritIO().start().waitFor();
        assertThat(status).as("status of compile-calls").isZero();
        return program;
    }

    @Test
    void everyCallIsMeasuredInJavaAndInC(@TempDir Path folder) throws Exception {
        Path natives = natives();
        Path program = compile(natives, folder);
        Path model = folder.resolve("one-layer.gguf");
        Opened.writeModel(model);
        Opened.useHere(model);
        // A benchmark that runs elsewhere on this machine disturbs nobody here.
        System.setProperty("jmh.ignoreLock", "true");

        List<Cost> costs = new ArrayList<>();
        for (Library library : Library.values()) {
            costs.addAll(CallPath.measure(library, natives, program, model, Effort.SMOKE));
        }

        assertThat(costs).hasSize(17).allSatisfy(cost -> {
            assertThat(cost.javaNanos()).isPositive();
            assertThat(cost.cNanos()).isPositive();
            assertThat(cost.bytes()).isNotNegative();
        });
        Report report = new Report(costs);
        assertThat(report.markdown().lines().filter(line -> line.startsWith("|")))
                .hasSize(2 + costs.size()).allMatch(line -> line.matches("\\|([^|]+\\|){6}"));
        assertThat(report.json().lines().filter(line -> line.startsWith("{"))
                .collect(Collectors.groupingBy(line -> line.replaceAll(".*\"call\":\"(\\w+)\".*", "$1"), Collectors.counting())))
                .isEqualTo(Arrays.stream(Call.values()).collect(Collectors.toMap(call -> call.id, call -> call.decodes ? 2L : 1L)));
    }
}
