package io.github.llamaffm.benchmarks.sides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That figures are produced and consistent, not how fast they are. */
class SidesIT {

    @TempDir
    private Path folder;

    @Test
    void everyCaseHasFiguresOfEveryContender() throws Exception {
        Path peers = Path.of(System.getProperty("llamaffm.peers.dir")).toRealPath();
        Path model = SmokeModel.writeTo(folder.resolve("tiny.gguf"));
        Settings settings = new Settings(Profile.SMOKE, Settings.classPathCli(), model, Optional.of(model), peers, Optional.empty(),
                Path.of(System.getProperty("llamaffm.sources.dir")).toRealPath(), Optional.empty(), Optional.empty(), 1, folder);

        Report report = Main.run(settings);

        assertThat(report.lines()).hasSize(19).allSatisfy(line -> {
            assertThat(line.rounds().ours()).hasSize(1);
            assertThat(line.rounds().peer()).hasSize(1);
            assertThat(line.rounds().again()).hasSize(1);
            assertThat(line.verdict().kind()).isNotNull();
            double ratio = line.rounds().peer().getFirst().value() / line.rounds().ours().getFirst().value();
            assertThat(line.ratios()).containsOnlyKeys("llama.cpp");
            assertThat(line.ratios().get("llama.cpp")).isEqualTo(new Estimate(ratio, Optional.empty(), 1));
        });
        assertThat(report.lines()).filteredOn(line -> line.of().goal() instanceof Goal.AsFast)
                .hasSize(10)
                .allSatisfy(line -> assertThat(line.verdict()).isEqualTo(new Verdict(Verdict.Kind.NOT_JUDGED, "1 of 15 pairs")));
        assertThat(report.bindings().absent()).containsOnlyKeys("llama-cpp-python", Bindings.JLAMA);
        assertThat(report.bindings().samples()).hasSize(3).allSatisfy((_, samples) ->
                assertThat(samples).containsOnlyKeys("load", "first", "greedy", "sampled", "peak"));

        assertThat(report.tokenTime().decode()).isPositive();
        assertThat(report.tokenTime().sample()).isPositive();
        assertThat(report.tokenTime().rest()).isPositive();

        report.writeTo(folder);
        String page = Files.readString(folder.resolve("benchmarks.md"));
        assertThat(report.lines()).allSatisfy(line -> assertThat(page).contains("| " + line.of().name() + " |"));
        for (String plot : new String[] {"tokens-per-second.svg", "milliseconds.svg"}) {
            assertThat(page).contains("(benchmarks/" + plot + ")");
            String svg = Files.readString(folder.resolve("benchmarks").resolve(plot));
            assertThat(DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8))).getElementsByTagName("circle").getLength())
                    .isPositive();
        }
    }
}
