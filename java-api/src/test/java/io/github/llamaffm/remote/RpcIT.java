package io.github.llamaffm.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.RpcException;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.RpcServer;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RpcIT {

    @Test
    void offload(@TempDir Path folder) {
        Path mixture = TinyModel.mixtral().writeTo(folder.resolve("mixtral.gguf"));
        try (RpcServer first = RpcServer.start(); RpcServer second = RpcServer.start()) {
            ChildJvm.of(Offload.class)
                    .arguments(TestFiles.model(), first.address(), second.address(), first.pid(), mixture)
                    .run().assertSilent();
        }
    }

    @Test
    void lostServer() {
        ChildJvm.of(LostServer.class).arguments(TestFiles.model()).run().assertSilent();
    }

    @Test
    void exit() {
        try (RpcServer server = RpcServer.start()) {
            var result = ChildJvm.of(ExitWithServer.class).arguments(TestFiles.model(), server.address()).run();
            assertThat(result).isEqualTo(new ChildJvm.Result(42, "", "", "", List.of()));
        }
    }

    /** In this JVM: a server that was not reached is no device. */
    @Test
    void aServerThatCannotBeReachedIsAnException() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(() -> LlamaRuntime.instance().addRpcServer("127.0.0.1:" + port))
                    .withMessageContaining("Failed to connect to 127.0.0.1:" + port);
        }
        assertThatExceptionOfType(RpcException.class)
                .isThrownBy(() -> LlamaRuntime.instance().addRpcServer("no-such-host.invalid:1"))
                .satisfies(e -> assertThat(e.nativeLog())
                        .anyMatch(line -> line.contains("Cannot resolve host 'no-such-host.invalid'")));
    }

    @Test
    void somethingElseThatAnswersIsAnException() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = Thread.ofVirtual().start(() -> {
                try (var client = socket.accept()) {
                    client.getInputStream().readNBytes(16);
                    client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(() -> LlamaRuntime.instance().addRpcServer("127.0.0.1:" + socket.getLocalPort()))
                    .withMessageContaining("malformed response");
            server.join();
        }
    }

    @Test
    void anInterruptEndsTheWaitForAServerThatSaysNothing() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var work = new FutureTask<>(() ->
                    LlamaRuntime.instance().addRpcServer("127.0.0.1:" + socket.getLocalPort()));
            Thread thread = Thread.ofPlatform().start(work);
            try (var client = socket.accept()) {
                thread.interrupt();
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(work::get).havingCause().isInstanceOf(RpcException.class).withMessageContaining("interrupted");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":1", "host:0", "host:65536", "host:1x", "::1:50052", "[::1]:50052", "a b:1"})
    void addressesAreChecked(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LlamaRuntime.instance().addRpcServer(address))
                .withMessageContaining("'" + address + "'");
    }
}
