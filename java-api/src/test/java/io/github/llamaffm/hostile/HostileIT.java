package io.github.llamaffm.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.support.DocsPage;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come in, the process goes on. {@code -Dhostile.percent=100 -Dhostile.report=true} is the long run that
 * {@code ci/soak hostile} makes; {@code -Dhostile.case=MODELS:17} with the other properties that a failure names replays one case.
 */
class HostileIT {

    private static final double PERCENT = Double.parseDouble(System.getProperty("hostile.percent", "3"));
    private static final long SEED = Long.getLong("hostile.seed", 20_261_125);
    private static final String CASE = System.getProperty("hostile.case", "");

    /** Upstream's architectures of a short run: one of each kind of layer and of memory. */
    private static final String FEW = "^(llama|mamba|jamba|falcon-h1|lfm2|qwen35|qwen2vl|llama4|deepseek2|gpt-oss)$";

    @TempDir
    static Path folder;

    /** Percent of a long run that are one test. */
    private static final int PART = 10;

    private static final List<Trial> ALL = new ArrayList<>();

    @BeforeAll
    static void makeBases() {
        Bases.write(folder, PERCENT < 10 ? FEW : ".");
    }

    /** In parts, each of all kinds: a long run that is stopped has seen them all. */
    static Stream<Arguments> parts() {
        if (!CASE.isEmpty()) {
            int colon = CASE.indexOf(':');
            int number = Integer.parseInt(CASE.substring(colon + 1));
            return Stream.of(Arguments.of(Kind.valueOf(CASE.substring(0, colon)), number, number));
        }
        return IntStream.rangeClosed(0, (int) (PERCENT - 1) / PART).boxed().flatMap(part -> Stream.of(Kind.values()).map(kind -> Arguments.of(
                kind, count(kind, part * PART), count(kind, Math.min(PERCENT, (part + 1) * PART)) - 1)));
    }

    private static int count(Kind kind, double percent) {
        return (int) (kind.cases() * percent / 100);
    }

    @ParameterizedTest
    @MethodSource("parts")
    void nothingEndsTheProcess(Kind kind, int first, int last) {
        List<Trial> trials = new HostileRun(kind, folder, SEED).run(first, last);
        ALL.addAll(trials);
        if (Boolean.getBoolean("hostile.report")) {
            String machine = "%d cores, %d GiB of memory".formatted(Runtime.getRuntime().availableProcessors(), memory());
            DocsPage.update("safety/hostile.md", HostileReport.of(ALL, SEED, LlamaRuntime.instance().llamaCppVersion(), machine));
        }

        String crashes = trials.stream().filter(Trial::crashed).map(trial -> trial.report(SEED, PERCENT)).collect(Collectors.joining("\n"));
        assertThat(crashes).as("seed %d, %d cases", SEED, trials.size()).isEmpty();
        if (CASE.isEmpty()) {
            long refused = trials.stream().filter(Trial::refused).count();
            assertThat(refused).as("refused of %d, seed %d", trials.size(), SEED).isBetween(1L, trials.size() - 1L);
        }
    }

    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize() >> 30
                : 0;
    }
}
