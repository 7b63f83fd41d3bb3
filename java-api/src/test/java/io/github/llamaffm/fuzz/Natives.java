package io.github.llamaffm.fuzz;

import io.github.llamaffm.LlamaRuntime;

/** The library itself. */
final class Natives {

    private Natives() {}

    @Operation(weight = 2)
    static void ask(Player p) {
        LlamaRuntime runtime = LlamaRuntime.instance();
        Values.readAll(runtime.llamaCppVersion(), runtime.abiId(), runtime.buildInfo(), runtime.report(), runtime.report().whyNoGpu());
        runtime.report().candidates().forEach(candidate -> Values.readAll(candidate.gpuBackend()));
    }

    @Operation(weight = 2)
    static void devices(Player p) {
        Values.readAll(LlamaRuntime.instance().devices());
        LlamaRuntime.instance().devices().forEach(device -> Values.readAll(device.isGpu()));
    }

    @Operation(weight = 1)
    static void device(Player p) {
        Values.readAll(LlamaRuntime.instance().device(p.orNull(p.arg("id", p.one("CPU", "", "CUDA7", "0000:01:00.0", "a\0b")))));
    }

    /** Nobody listens there. A server that answers would compute for all that is loaded afterwards. */
    @Operation(weight = 1)
    static void addRpcServer(Player p) {
        LlamaRuntime.instance().addRpcServer(p.orNull(p.arg("address", p.one("127.0.0.1:1", "", "nonsense", "127.0.0.1:99999", "127.0.0.1:-1", ":", "a\0b:1"))));
    }
}
