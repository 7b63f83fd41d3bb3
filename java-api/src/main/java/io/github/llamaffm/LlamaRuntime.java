package io.github.llamaffm;

import java.util.List;

/**
 * The native library of this process. Any thread. Loaded by the first type that needs it; nothing has to be called before.
 */
public interface LlamaRuntime {

    /**
     * The library, loaded on the first call.
     *
     * @throws NativeLoadException if none can be used here
     */
    static LlamaRuntime instance() {
        return NativeRuntime.instance();
    }

    /** The version of llama.cpp, such as {@code 0.5.0}. Calls {@code llama_version}. */
    String llamaCppVersion();

    /** What the library and its bindings agree on: 12 hexadecimal digits. Calls {@code lf_abi_id}. */
    String abiId();

    /** Compiler, build type, system and processor, for reports. Calls {@code lf_build_info}. */
    String buildInfo();

    /**
     * Everything that can compute, the CPU included; loads the GPU modules. A card that is older than all code of its module is not listed: {@link
     * #report()} names it. Calls {@code lf_devices}.
     */
    List<Device> devices();

    /**
     * One of {@link #devices()}; the first, where a card is there through several backends.
     *
     * @param nameOrId its {@link Device#id() id}, which is the same in every process, or its name; upper and lower case are the same
     * @throws IllegalArgumentException if there is none; names those that there are
     */
    default Device device(String nameOrId) {
        List<Device> all = devices();
        return all.stream()
                .filter(device -> !nameOrId.isEmpty() && nameOrId.equalsIgnoreCase(device.id()) || nameOrId.equalsIgnoreCase(device.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("none is '%s' of the devices %s".formatted(nameOrId, all.stream()
                        .map(device -> device.id().isEmpty() ? device.name() : device.name() + " (" + device.id() + ")")
                        .toList())));
    }

    /**
     * Connects to a server that lends its devices over the network ({@code ggml-rpc-server}), and lists them. From now on
     * they belong to {@link #devices()}, and models that name no devices may be loaded to them. A second call for the same
     * server lists them again. Loads the RPC module, the only code here that opens a connection; nothing is encrypted, and
     * whoever can reach the server can use it. Calls {@code lf_rpc_add_server}.
     *
     * <p>Waits as long as the system tries to connect, and as long as a server that serves somebody else says nothing: it
     * serves one process at a time. An interrupt ends the wait.
     *
     * <p>Devices are not added while a model is loaded: it waits for the end of loads under way.
     *
     * @param hostAndPort such as {@code 10.0.0.7:50052}; a name or an IPv4 address
     * @throws RpcException if no server answers there, or one of another version
     * @throws NativeLoadException if there is no RPC module
     * @throws IllegalStateException from the progress listener of a load
     */
    List<Device> addRpcServer(String hostAndPort);

    /**
     * What can compute, which libraries run, and why the others do not; loads the GPU modules. Its text is a page to read. Calls {@code
     * lf_devices}.
     */
    RuntimeReport report();
}
