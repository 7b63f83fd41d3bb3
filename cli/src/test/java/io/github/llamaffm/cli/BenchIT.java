package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamaffm.cli.CommandProcess.Result;
import io.github.llamaffm.support.Peer;
import io.github.llamaffm.testkit.TinyModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code llama-ffm bench} beside llama-bench and llama-batched-bench of the same commit, on a tiny model. */
class BenchIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The peer is not built from a repository; times are never equal. */
    private static final Set<String> OWN = Set.of(
            "build_commit", "test_time", "avg_ns", "stddev_ns", "avg_ts", "stddev_ts", "samples_ns", "samples_ts");

    @TempDir
    private static Path files;

    @TempDir
    private Path folder;

    private static String model;

    @BeforeAll
    static void makeModel() {
        model = TinyModel.llama().writeTo(files.resolve("tiny.gguf")).toString();
    }

    private static List<String> ours(String options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> line = new ArrayList<>(List.of("bench", "-m", model, "-t", "1"));
        line.addAll(List.of((options.contains("-r ") ? options : options + " -r 2").split(" ")));
        assertThat(Main.run(new PrintWriter(out), new PrintWriter(err), line.toArray(String[]::new))).as(err.toString()).isZero();
        return out.toString().lines().toList();
    }

    private static List<String> peers(String options) {
        List<Object> line = new ArrayList<>(List.of("-m", model, "-t", "1", "-r", "2"));
        line.addAll(List.of(options.split(" ")));
        return Peer.run("llama-bench", line.toArray()).lines().filter(text -> !text.startsWith("load_backend")).toList();
    }

    private static List<JsonNode> results(List<String> lines) {
        return lines.stream().map(JSON::readTree).toList();
    }

    private static List<String> names(JsonNode result) {
        return result.properties().stream().map(Map.Entry::getKey).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "-p 1-8*2,3 -n 0",
        "-p 4, -p 1-7+3 -n 1-2",
        "-p 8-4,2 -n 0",
        "-p 0 -n 2 -pg 2,1 -pg 0,3 -pg 3,0 -pg 0,0 -d 0,4",
        "-p 5 -n 1 -b 2,4 -ub 1-2 -ctk f16,q8_0 -ngl -1,0",
        "-p 2 -n 0 -fa on,0,auto,-1 -ctv bf16 -d 3"
    })
    void testsAreThoseOfLlamaBench(String options) {
        List<JsonNode> ours = results(ours(options + " -o jsonl"));
        List<JsonNode> peers = results(peers(options + " -o jsonl"));

        assertThat(ours).hasSameSizeAs(peers);
        for (int i = 0; i < peers.size(); i++) {
            JsonNode our = ours.get(i);
            JsonNode peer = peers.get(i);
            assertThat(names(our)).startsWith(names(peer).toArray(String[]::new));
            assertThat(names(peer)).filteredOn(name -> !OWN.contains(name)).allSatisfy(name ->
                    assertThat(our.get(name)).as(name).isEqualTo(peer.get(name)));
        }
    }

    @Test
    void resultsFollowFromTheirSamples() {
        JsonNode result = results(ours("-p 0 -n 0 -pg 4,2 -o jsonl")).getFirst();

        double first = result.get("samples_ns").get(0).asLong();
        double second = result.get("samples_ns").get(1).asLong();
        assertThat(result.get("samples_ns")).hasSize(2);
        assertThat(result.get("avg_ns").asLong()).isEqualTo((long) ((first + second) / 2));
        assertThat(result.get("avg_ts").asDouble()).isEqualTo((6e9 / first + 6e9 / second) / 2, within(1e-5));
        assertThat(result.get("stddev_ts").asDouble()).isEqualTo(Math.abs(6e9 / first - 6e9 / second) / Math.sqrt(2), within(1e-5));
    }


    @ParameterizedTest
    @ValueSource(strings = {"-p 2 -n 1", "-p 2 -n 1 -pg 3,1 -d 0,2 -b 4,8 -ub 4 -ctk q8_0 -ctv bf16 -fa on"})
    void tablesAreThoseOfLlamaBench(String options) {
        List<String> ours = ours(options + " -o md");
        List<String> peers = peers(options + " -o md");

        assertThat(ours).hasSameSizeAs(peers);
        for (int i = 0; i < peers.size() - 2; i++) {
            assertThat(withoutRate(ours.get(i))).startsWith(withoutRate(peers.get(i)));
        }
        assertThat(ours.get(0)).startsWith(peers.get(0)).isEqualTo(peers.get(0) + "   heap B/t |");
        assertThat(ours.getLast()).startsWith("build: ");
    }

    /** Widths are the same whatever the rate. */
    private static String withoutRate(String row) {
        return row.replaceAll("[ 0-9.]+ ± [0-9.]+", "rate");
    }

    @Test
    void csvIsThatOfLlamaBench() {
        List<String> ours = ours("-p 2 -n 1 -o csv");
        List<String> peers = peers("-p 2 -n 1 -o csv");

        assertThat(ours).hasSameSizeAs(peers);
        assertThat(ours.getFirst()).startsWith(peers.getFirst() + ",");
        int columns = ours.getFirst().split(",").length;
        assertThat(ours.subList(1, 3)).allSatisfy(row -> assertThat(row.split("\",\"", -1)).hasSize(columns));
    }

    @Test
    void jsonIsAnArray() {
        JsonNode all = JSON.readTree(String.join("\n", ours("-p 2 -n 1 -o json")));

        assertThat(all).hasSize(2);
        assertThat(names(all.get(0))).startsWith(names(JSON.readTree(String.join("\n", peers("-p 2 -n 1 -o json"))).get(0))
                .toArray(String[]::new));
    }

    @Test
    void samplingTellsTheTimeToTheFirstToken() {
        List<JsonNode> results = results(ours("-p 4 -n 3 -pg 4,3 --sampler none,greedy,default -o jsonl"));

        assertThat(results).extracting(result -> result.get("sampler").asString()).containsExactly(
                "none", "none", "none", "greedy", "greedy", "greedy", "default", "default", "default");
        assertThat(results).allSatisfy(result -> {
            boolean sampledPrompt = !result.get("sampler").asString().equals("none") && result.get("n_prompt").asInt() > 0;
            assertThat(result.get("ttft_ns").isNumber()).isEqualTo(sampledPrompt);
            assertThat(result.get("samples_ttft_ns")).hasSize(sampledPrompt ? 2 : 0);
            for (int i = 0; i < result.get("samples_ttft_ns").size(); i++) {
                assertThat(result.get("samples_ttft_ns").get(i).asLong()).isBetween(1L, result.get("samples_ns").get(i).asLong());
            }
        });
        assertThat(ours("-p 4 -n 0 --sampler greedy").getFirst()).endsWith("| sampler    |    ttft ms |   heap B/t |");
    }

    @Test
    void decodingAllocatesNothingOnTheHeap() {
        JsonNode plain = results(ours("-p 0 -n 50 -r 20 -o jsonl")).getFirst();
        JsonNode sampled = results(ours("-p 0 -n 50 -r 20 --sampler greedy -o jsonl")).getFirst();

        assertThat(plain.get("heap_bytes_per_token").asDouble()).isZero();
        // The text is new with each token.
        assertThat(sampled.get("heap_bytes_per_token").asDouble()).isGreaterThan(16);
    }

    /** Its lines are printed by a thread that it does not wait for when it ends: with a tiny model they are lost now and then. */
    private static List<JsonNode> batchedPeers(int lines, Object... options) {
        List<Object> line = new ArrayList<>(List.of("-m", model, "-t", 1, "--output-format", "jsonl"));
        line.addAll(List.of(options));
        return Stream.generate(() -> Peer.run("llama-batched-bench", line.toArray()).lines().filter(text -> text.startsWith("{")).toList())
                .limit(50)
                .filter(printed -> printed.size() == lines)
                .findFirst()
                .map(BenchIT::results)
                .orElseThrow(() -> new AssertionError("llama-batched-bench printed none of its " + lines + " lines in 50 runs"));
    }

    @Test
    void severalSequencesAreThoseOfLlamaBatchedBench() {
        List<JsonNode> ours = results(ours("-npp 4,5 -ntg 2 -npl 1,3 -o jsonl"));
        List<JsonNode> peers = batchedPeers(4, "-c", 768, "-npp", "4,5", "-ntg", "2", "-npl", "1,3");

        assertThat(ours).hasSameSizeAs(peers).hasSize(4);
        for (int i = 0; i < peers.size(); i++) {
            JsonNode our = ours.get(i);
            JsonNode peer = peers.get(i);
            assertThat(names(our)).startsWith(names(peer).toArray(String[]::new));
            for (String name : List.of("n_batch", "n_ubatch", "flash_attn", "is_pp_shared", "n_gpu_layers", "n_threads", "pp", "tg", "pl",
                    "n_kv")) {
                assertThat(our.get(name)).as(name).isEqualTo(peer.get(name));
            }
            assertThat(our.get("n_kv_max").asInt()).isEqualTo(256 * our.get("pl").asInt());
            double nanos = (our.get("samples_tg_ns").get(0).asLong() + our.get("samples_tg_ns").get(1).asLong()) / 2.0;
            assertThat(our.get("speed_tg").asDouble())
                    .isCloseTo(1e9 * our.get("tg").asInt() * our.get("pl").asInt() / nanos, within(1e-5));
        }
        assertThat(ours("-npp 4 -ntg 2 -npl 3").getFirst().replace(" ", ""))
                .isEqualTo("|PP|TG|B|N_KV|T_PPs|S_PPt/s|T_TGs|S_TGt/s|Ts|St/s|heapB/t|threads|");
    }

    @Test
    void eachModelHasItsOwnResults() {
        String mamba = TinyModel.mamba().writeTo(files.resolve("mamba.gguf")).toString();

        List<JsonNode> results = results(ours("-m " + mamba + " -p 2 -n 1 -d 3 -o jsonl"));

        assertThat(results).extracting(result -> result.get("model_filename").asString()).containsExactly(model, model, mamba, mamba);
        assertThat(results).extracting(result -> result.get("model_type").asString().split(" ")[0])
                .containsExactly("llama", "llama", "mamba", "mamba");
    }

    @Test
    void aMissingModelIsOneLine() {
        StringWriter err = new StringWriter();

        assertThat(Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), "bench", "-m", "missing.gguf")).isEqualTo(1);
        assertThat(err.toString()).startsWith("llama-ffm: ").contains("missing.gguf").hasLineCount(1);
    }

    @Test
    void aReaderThatGoesAwayEndsIt() {
        PrintWriter gone = new PrintWriter(new StringWriter()) {
            private int looks;

            @Override
            public boolean checkError() {
                return looks++ > 0;
            }
        };
        StringWriter err = new StringWriter();

        assertThat(Main.run(gone, new PrintWriter(err), "bench", "-m", model, "-p", "1,2", "-n", "0", "--progress")).isEqualTo(1);
        assertThat(err.toString()).endsWith("llama-ffm: cannot write to standard output\n").contains("1/2").doesNotContain("2/2");
    }

    @Test
    void ctrlCEndsIt() throws IOException, InterruptedException {
        CommandProcess command = CommandProcess.start(
                folder, Map.of(), "bench", "-m", model, "-p", "1", "-n", "10000", "-r", "1000", "-t", "1", "-o", "jsonl", "--progress");
        BufferedReader stdout = new BufferedReader(new InputStreamReader(command.stdout(), StandardCharsets.UTF_8));
        String first = stdout.readLine();

        command.interrupt();

        Result result = command.waitFor(String.join("\n", stdout.readAllLines()));
        assertThat(JSON.readTree(first).get("n_prompt").asInt()).isEqualTo(1);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(130);
        assertThat(result.stderr()).startsWith("llama-ffm: benchmark 1/2: pp1 starting\nllama-ffm: benchmark 1/2: warm-up\n")
                .endsWith("llama-ffm: interrupted\n");
        assertThat(result.files()).isEmpty();
    }
}
