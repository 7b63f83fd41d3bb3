package io.github.llamaffm.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.benchmarks.gpu.Finding.Verdict;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole proof, with an RPC server of this machine as the GPU: that each check runs and says what it finds. */
class ProofIT {

    private static final Map<String, String> FACTS = Map.of("Card", "Stand-in 1");

    @TempDir
    private Path folder;
    private final List<Process> servers = new ArrayList<>();
    private String address;
    private String beside;

    @BeforeEach
    void start() throws IOException {
        address = server();
        beside = server();
    }

    private String server() throws IOException {
        String address;
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            address = "127.0.0.1:" + socket.getLocalPort();
        }
        Process server = new ProcessBuilder(Path.of(System.getProperty("llamaffm.tools.dir"), "ref").toString(), "rpc-server", address, "1")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        servers.add(server);
        while (!listens(address)) {
            assertThat(server.isAlive()).as("ref rpc-server lives").isTrue();
            Thread.onSpinWait();
        }
        return address;
    }

    @AfterEach
    void end() {
        servers.forEach(server -> server.destroyForcibly().onExit().join());
    }

    private static boolean listens(String address) {
        try (var socket = new Socket("127.0.0.1", Integer.parseInt(address.substring(address.indexOf(':') + 1)))) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private Setup setup(String device) throws IOException {
        Path model = TinyModel.llama().contextSize(2048).writeTo(folder.resolve("model.gguf"));
        return new Setup(device, Optional.empty(), Optional.empty(), Optional.of(address), Optional.of(beside),
                Path.of(System.getProperty("llamaffm.peers.dir")).toRealPath(), model, model, Files.createDirectories(folder.resolve("work")), 1, 2);
    }

    @Test
    void everyCheck() throws IOException {
        Report report = Proof.run(setup("RPC0"), List.of(Check.values()), FACTS, folder);

        assertThat(report.findings()).containsOnlyKeys(Check.values());
        assertThat(report.findings().values()).allSatisfy(findings -> assertThat(findings).isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.verdict()).as("%s", finding).isNotEqualTo(Verdict.MISSED)));
        // The others are about times, and about memory that this device shares with all others.
        for (Check check : List.of(Check.WITHOUT, Check.WITH, Check.PLACEMENT, Check.CONFORMANCE, Check.TOGETHER, Check.GREEDY, Check.FUNCTIONS,
                Check.CANCEL, Check.MEMORY)) {
            assertThat(report.findings().get(check)).as("%s", check).anyMatch(finding -> finding.verdict() == Verdict.HOLDS);
        }
        String page = Files.readString(folder.resolve("stand-in-1.md"));
        assertThat(page).startsWith("# Stand-in 1\n").contains("| RPC0 is a device | CPU, RPC0").doesNotContain(folder.toString());
        for (Check check : Check.values()) {
            assertThat(page).contains("\n## " + check.title + "\n");
        }
    }

    /** What was found is kept, and a check that fails does not stop the next. */
    @Test
    void aDeviceThatIsNotThere() throws IOException {
        Setup setup = setup("RPC7");
        Report report = Proof.run(setup, List.of(Check.WITH, Check.CYCLES), FACTS, folder);

        assertThat(report.findings()).containsOnlyKeys(Check.WITH, Check.CYCLES);
        assertThat(report.findings().values()).allSatisfy(findings -> assertThat(findings)
                .anySatisfy(finding -> assertThat(finding).matches(one -> one.verdict() == Verdict.MISSED && one.figures().contains("no RPC7 among [CPU, RPC0]"))));

        Path kept = setup.work().resolve("results").resolve("CYCLES");
        Files.writeString(kept, new Finding(Verdict.HOLDS, "kept", "1").encode());
        assertThat(Proof.run(setup, List.of(Check.CYCLES), FACTS, folder).findings().get(Check.CYCLES))
                .containsExactly(new Finding(Verdict.HOLDS, "kept", "1"));
    }
}
