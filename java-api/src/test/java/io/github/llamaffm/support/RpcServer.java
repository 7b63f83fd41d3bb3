package io.github.llamaffm.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The CPU of this machine as an RPC server of its own, on a free port of the loopback interface. */
public final class RpcServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final int port;
    private Process process;

    private RpcServer(int port) {
        this.port = port;
    }

    /** Starts a server and returns once it listens. */
    public static RpcServer start() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            var server = new RpcServer(socket.getLocalPort());
            socket.close();
            server.restart();
            return server;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts it again, at the same address. */
    public void restart() {
        try {
            process = new ProcessBuilder(TestFiles.tools().resolve("ref").toString(), "rpc-server", address(), "1")
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        } catch (IOException e) {
            throw new AssertionError("ref does not start", e);
        }
        while (!listens()) {
            if (!process.isAlive()) {
                throw new AssertionError("ref rpc-server ended with " + process.exitValue());
            }
            Thread.onSpinWait();
        }
    }

    private boolean listens() {
        try (var socket = new Socket(HOST, port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public String address() {
        return HOST + ":" + port;
    }

    public long pid() {
        return process.pid();
    }

    /** Ends the server's process at once. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
