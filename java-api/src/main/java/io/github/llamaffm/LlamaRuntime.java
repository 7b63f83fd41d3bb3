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

    /** Compiler, build type and source tree, for reports. Calls {@code lf_build_info}. */
    String buildInfo();

    /** Everything that can compute, the CPU included; loads the GPU modules. Calls {@code lf_devices}. */
    List<Device> devices();

    /** Which libraries run, and why the others do not. */
    BackendReport backends();
}
