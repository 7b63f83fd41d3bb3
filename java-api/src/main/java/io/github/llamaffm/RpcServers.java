package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Connects to the devices of other machines. */
final class RpcServers {

    static final String BACKEND = "RPC";

    private static final Pattern ADDRESS = Pattern.compile("([^\\s\\p{Cntrl}:/\\[\\]]+):(\\d{1,5})");

    private RpcServers() {}

    /** As {@link LlamaRuntime#addRpcServer(String)}. */
    static List<Device> add(NativeRuntime runtime, String hostAndPort) {
        requireAddress(hostAndPort);
        ModelLoader.requireNoListener("addRpcServer");
        NativeLibrary.loadRpcModule();
        // Nothing cancels connect() or a server that says nothing: the thread that waits is left behind then.
        FutureTask<Void> task = new FutureTask<>(() -> connect(hostAndPort), null);
        Thread.ofPlatform().daemon().name("llama-ffm-rpc").start(task);
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RpcException("interrupted while connecting to the RPC server " + hostAndPort, List.of());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
        return runtime.devices().stream()
                .filter(device -> device.backend().equals(BACKEND) && device.description().equals(hostAndPort))
                .toList();
    }

    private static void connect(String hostAndPort) {
        try (Arena arena = Arena.ofConfined()) {
            int count = LlamaFfm.lf_rpc_add_server(arena.allocateFrom(hostAndPort));
            if (count == LlamaFfm.LF_ERROR_SHUTDOWN()) {
                throw new ShutdownException();
            }
            if (count < 0) {
                NativeError error = NativeError.last();
                String reason = error.isRemote() ? error.remoteReason() : error.summary();
                throw new RpcException("the RPC server %s cannot be used: %s".formatted(hostAndPort, reason), error.log());
            }
        }
    }

    private static void requireAddress(String hostAndPort) {
        Matcher address = ADDRESS.matcher(hostAndPort);
        if (!address.matches() || Integer.parseInt(address.group(2)) < 1 || Integer.parseInt(address.group(2)) > 65_535) {
            throw new IllegalArgumentException("'" + hostAndPort
                    + "' is not a host name or IPv4 address with a port, such as gpu-box:50052");
        }
    }
}
