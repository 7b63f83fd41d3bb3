package io.github.llamaffm.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.faults.FaultReport.Figures;
import io.github.llamaffm.faults.Faults.Kind;
import io.github.llamaffm.support.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every native allocation, mapping, thread and read of an operation fails in turn: an exception of ours or the right result,
 * what was open beside it goes on bit for bit, and the same operation works afterwards. Here some calls of each series are
 * drawn; {@code ci/soak faults} tries every one and writes docs/safety/faults.md.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs LD_PRELOAD and glibc")
class FaultsIT {

    /** Calls of each series; 0: every one. */
    private static final int SAMPLES = Integer.getInteger("faults.samples", 6);
    private static final long SEED = Long.getLong("faults.seed", 5);

    /** Whether the page is written. A long run that was stopped goes on after what its journal (faults.journal) has whole. */
    private static final boolean REPORT = Boolean.getBoolean("faults.report");

    /** A crash ends a process, and the next one goes on after it. */
    private static final int MOST_CRASHES = 20;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void writeFiles() {
        assumeTrue(Files.exists(Faults.library()), "no libfaults.so beside our tools: natives of another build");
        World.writeFiles(folder);
    }

    @Test
    void everyCallMayFail() throws IOException {
        List<FaultSeries> all = series();

        Map<String, Figures> figures = run(all);

        assertThat(figures).hasSameSizeAs(all);
        if (REPORT) {
            FaultsPage.write(figures, SAMPLES, SEED);
        }
        assertThat(figures).allSatisfy((series, found) -> {
            assertThat(found.uncaught).as("calls of " + series + " whose failure ended the process, seed " + SEED).isEmpty();
            assertThat(found.tried).as(series).isPositive();
        });
        assertThat(figures.values().stream().mapToInt(found -> found.exceptions.size()).sum()).isGreaterThan(all.size() / 2);
    }

    private static List<FaultSeries> series() {
        List<FaultSeries> all = new ArrayList<>();
        for (Operation operation : Operation.values()) {
            all.add(new FaultSeries(operation, Kind.ALLOCATION, false));
            all.add(new FaultSeries(operation, Kind.ALLOCATION, true));
        }
        for (Operation operation : List.of(Operation.POOL, Operation.TOKENIZE, Operation.LOAD, Operation.CONTEXT)) {
            all.add(new FaultSeries(operation, Kind.THREAD, false));
        }
        for (Operation operation : List.of(Operation.LOAD, Operation.PLAN)) {
            all.add(new FaultSeries(operation, Kind.JAVA_THREAD, false));
            all.add(new FaultSeries(operation, Kind.JAVA_THREAD, true));
        }
        for (Operation operation : List.of(Operation.LOAD, Operation.TOKENIZE)) {
            all.add(new FaultSeries(operation, Kind.MAPPING, false));
        }
        for (Operation operation : List.of(Operation.LOAD, Operation.LOAD_READ, Operation.LOAD_DIRECT, Operation.PLAN)) {
            for (Kind kind : List.of(Kind.FILE_ERROR, Kind.FILE_END, Kind.FILE_SIGNAL)) {
                all.add(new FaultSeries(operation, kind, false));
            }
            all.add(new FaultSeries(operation, Kind.FILE_ERROR, true));
        }
        String only = System.getProperty("faults.only", "");
        return all.stream().filter(series -> only.isEmpty() || Arrays.asList(only.split(",")).contains(series.operation().name())
                || Arrays.asList(only.split(",")).contains(series.toString())).toList();
    }

    /** Goes on after a crash. */
    private static Map<String, Figures> run(List<FaultSeries> all) throws IOException {
        Path file = Path.of(System.getProperty("faults.journal", folder.resolve("report").toString()));
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        Map<String, Figures> earlier = FaultReport.read(file).figures();
        List<FaultSeries> left = all.stream()
                .filter(series -> !earlier.containsKey(series.toString()) || !earlier.get(series.toString()).finished).toList();
        long after = 0;
        for (int crashes = 0; ; crashes++) {
            String places = System.getProperty("faults.places", "-");
            ChildJvm.Result result = ChildJvm.of(FaultProcess.class)
                    .arguments(folder, file, FaultSeries.join(left), after, SAMPLES, SEED, places,
                            System.getProperty("faults.whole", "-"))
                    .environment("LD_PRELOAD", Faults.library())
                    // A compiler thread that cannot be started is a warning of the JVM; a crash is looked at here.
                    .options("-XX:-UseDynamicNumberOfCompilerThreads", "-XX:-CreateCoredumpOnCrash", "-Xmx256m",
                            "-XX:ErrorFile=" + folder.resolve("crash"))
                    .limit(Duration.ofHours(6))
                    .run();
            FaultReport report = FaultReport.read(file);
            if (result.exitCode() == 0) {
                assertThat(report.isDone()).isTrue();
                return report.figures();
            }
            if (result.exitCode() < 128 || report.isDone() || crashes == MOST_CRASHES) {
                throw new AssertionError("seed " + SEED + ": " + report.series() + ", call " + report.begun() + ": " + result);
            }
            Files.writeString(file, "crash\t" + report.begun() + "\n", StandardOpenOption.APPEND);
            after = report.begun();
            left = left.subList(left.indexOf(FaultSeries.parse(report.series())), left.size());
        }
    }
}
