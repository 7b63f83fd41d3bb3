package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The process may end at any moment of native work, in any way, with the exit code that this way has without us and
 * without a crash. {@code -Dexit.rounds=50} is the soak that {@code ci/soak exit} runs.
 */
class ExitIT {
    private static final int ROUNDS = Integer.getInteger("exit.rounds", 4);
    private static final int SEED = 20_261_101;

    static Stream<Arguments> moments() {
        return Stream.of(ExitProgram.Phase.values())
                .flatMap(phase -> Stream.of(ExitProgram.Way.values()).map(way -> Arguments.of(phase, way)));
    }

    @ParameterizedTest
    @MethodSource("moments")
    void endsAsExpected(ExitProgram.Phase phase, ExitProgram.Way way) throws Exception {
        List<Callable<Void>> children = IntStream.range(0, ROUNDS).<Callable<Void>>mapToObj(round -> () -> {
            // A shell that starts a job in the background makes it, and all that it starts, deaf to SIGINT.
            var result = ChildJvm.of(ExitProgram.class)
                    .through("env", "--default-signal=INT")
                    .arguments(TestFiles.model(), phase, way, SEED + round)
                    .run();
            assertThat(result).as("seed %d", SEED + round).isEqualTo(
                    new ChildJvm.Result(way.exitCode, "", "", "", List.of()));
            return null;
        }).toList();
        try (var twoAtATime = Executors.newFixedThreadPool(2)) {
            for (var child : twoAtATime.invokeAll(children)) {
                child.get();
            }
        }
    }
}
