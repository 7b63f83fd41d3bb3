package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * The process may end at any moment of native work, in any way, with the exit code that this way has without us and
 * without a crash. Each moment is tried in some ways here; {@code -Dexit.rounds=10} tries each in every way so often, which
 * {@code ci/soak exit} does.
 */
class ExitIT {
    private static final int ROUNDS = Integer.getInteger("exit.rounds", 0);
    private static final int SEED = 20_261_101;

    record End(ExitMoment moment, ExitWay way, int seed) {

        /** Returns how long the end took, in milliseconds. */
        long run() {
            // A shell that starts a job in the background makes it, and all that it starts, deaf to SIGINT.
            var child = ChildJvm.of(ExitProgram.class)
                    .through("env", "--default-signal=INT,HUP", "sh", "-c", "ulimit -c 0; exec \"$@\"", "sh")
                    // llama.cpp warns of the tokens of a tiny model.
                    .property("org.slf4j.simpleLogger.log.io.github.llamaffm.native", "error")
                    .arguments(TestFiles.model(), moment, way, seed)
                    .start();
            ChildJvm.Result result;
            try {
                result = child.waitFor();
            } catch (AssertionError e) {
                throw new AssertionError(this + ": " + e.getMessage(), e);
            }
            long ended = System.currentTimeMillis();
            List<String> files = new ArrayList<>(result.files());
            files.remove(ExitProgram.ENDING);
            files.remove(ExitMoment.STATE);
            if (way == ExitWay.HALT) {
                // Nothing runs that could remove it; the file that it was to replace is whole.
                files.removeIf(file -> file.startsWith(".saving-"));
            }
            assertThat(new ChildJvm.Result(result.exitCode(), result.stdout(), "", result.log(), files))
                    .as("%s, stderr: %s", this, result.stderr())
                    .isEqualTo(new ChildJvm.Result(way.exitCode, "", "", "", List.of()));
            if (way.reportsAnException()) {
                assertThat(result.stderr()).containsOnlyOnce("Exception in thread").contains(ExitWay.UNCAUGHT);
            } else {
                assertThat(result.stderr()).as("%s", this).isEmpty();
            }
            return ended - child.folder().resolve(ExitProgram.ENDING).toFile().lastModified();
        }
    }

    private static List<End> ends() {
        List<End> ends = new ArrayList<>();
        for (int round = 0; round < Math.max(1, ROUNDS); round++) {
            for (ExitMoment moment : ExitMoment.values()) {
                for (ExitWay way : ExitWay.values()) {
                    if (ROUNDS > 0 || (moment.ordinal() + way.ordinal()) % 4 == 0) {
                        ends.add(new End(moment, way, SEED + ends.size()));
                    }
                }
            }
        }
        return ends;
    }

    @Test
    void endsAsExpected() throws Exception {
        List<End> ends = ends();
        List<Throwable> failures = new ArrayList<>();
        var durations = new ExitDurations();
        try (var twoAtATime = Executors.newFixedThreadPool(2)) {
            var running = ends.stream().map(end -> twoAtATime.submit((Callable<Long>) end::run)).toList();
            for (int i = 0; i < ends.size(); i++) {
                try {
                    durations.add(ends.get(i), running.get(i).get());
                } catch (ExecutionException e) {
                    failures.add(e.getCause());
                }
            }
        }
        assertThat(failures).as("of %d ends", ends.size()).isEmpty();
        if (Boolean.getBoolean("exit.report")) {
            durations.report(SEED);
        }
    }

    /** The exit codes that are promised are those that are tried. */
    @Test
    void thePageNamesThem() {
        StringBuilder codes = new StringBuilder("| The process ends by | Exit code |\n|---|---|\n");
        for (ExitWay way : ExitWay.values()) {
            codes.append("| %s | %d |\n".formatted(way.words, way.exitCode));
        }
        StringBuilder moments = new StringBuilder();
        for (ExitMoment moment : ExitMoment.values()) {
            moments.append("- ").append(moment.words()).append('\n');
        }
        assertThat(Path.of("..", "docs", "safety", "lifecycle.md")).content().contains(codes, moments);
    }
}
