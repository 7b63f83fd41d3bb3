package io.github.llamaffm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Workflows do nothing but call scripts of {@code ci/}, which people can run too. {@code ci/workflows} checks the rest. */
class WorkflowsTest {

    private static final Path FOLDER = Checkout.REPOSITORY.resolve(".github/workflows");

    static List<Path> workflows() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void eachStepCallsAScriptThatIsThere(Path workflow) throws IOException {
        for (Map<String, Object> job : jobs(workflow).values()) {
            for (Map<String, Object> step : steps(job)) {
                if (step.get("run") instanceof String command) {
                    String script = command.strip().split(" ", 2)[0];
                    assertThat(command).as(workflow.toString()).doesNotContain("\n", "&&", ";", "|", "$(");
                    assertThat(script).as(workflow.toString()).matches("\\.?ci/[a-z-]+");
                    assertThat(Checkout.REPOSITORY.resolve(script)).isExecutable();
                }
            }
        }
    }

    /** A tag can be moved to other code; and a job without a limit runs for six hours. */
    @ParameterizedTest
    @MethodSource("workflows")
    void actionsArePinnedAndJobsEnd(Path workflow) throws IOException {
        assertThat(yaml(workflow)).containsEntry("permissions", Map.of("contents", "read")).containsKey("concurrency");
        assertThat(jobs(workflow)).isNotEmpty().allSatisfy((name, job) -> {
            assertThat(job).as(name).containsKey("timeout-minutes").doesNotContainKey("permissions");
            assertThat(steps(job)).allSatisfy(step -> {
                if (step.get("uses") instanceof String action) {
                    assertThat(action).matches("actions/[a-z-]+@[0-9a-f]{40}");
                }
            });
        });
    }

    /** What {@code ci/release} wants, some job of the workflow packs, and the job that calls it waits for that job. */
    @Test
    void aReleaseIsHandedAllThatItStages() throws IOException {
        Map<String, Map<String, Object>> jobs = jobs(FOLDER.resolve("release.yml"));
        Set<String> packed = new TreeSet<>();
        Set<String> packers = new TreeSet<>();
        jobs.forEach((name, job) -> {
            List<String> commands = steps(job).stream().map(step -> String.valueOf(step.get("run"))).filter(run -> run.startsWith("ci/hand-over pack ")).toList();
            // A matrix names what its job packs.
            commands.forEach(command -> packed.addAll(List.of((command + " " + job.getOrDefault("strategy", "")).split("[^a-z0-9_-]+"))));
            if (!commands.isEmpty()) {
                packers.add(name);
            }
        });
        Matcher lists = Pattern.compile("(?m)^release_(?:platforms|modules)=\"(.*)\"$").matcher(Files.readString(Checkout.REPOSITORY.resolve("ci/lib.sh")));
        List<String> staged = lists.results().flatMap(list -> Stream.of(list.group(1).split(" "))).toList();

        assertThat(staged).hasSizeGreaterThan(8);
        assertThat(packed).containsAll(staged);
        assertThat(jobs.get("publish").get("needs")).asInstanceOf(InstanceOfAssertFactories.LIST).containsAll(packers);
    }

    private static Map<String, Object> yaml(Path workflow) throws IOException {
        return new Yaml().load(Files.readString(workflow));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> jobs(Path workflow) throws IOException {
        return (Map<String, Map<String, Object>>) yaml(workflow).get("jobs");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> steps(Map<String, Object> job) {
        return (List<Map<String, Object>>) job.get("steps");
    }
}
