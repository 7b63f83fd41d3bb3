package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.Device;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.SplitMode;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where everything is, and how much of it is done. It travels between processes as system properties {@code gpu.*}.
 *
 * @param device the name of the GPU
 * @param natives the folder with the core library; empty: from the class path
 * @param module the folder with the GPU module: the one thing that is added
 * @param rpc the address of an RPC server that stands in for the GPU
 * @param beside the address of an RPC server that computes together with the GPU
 * @param peers upstream's tools, on the same GPU module
 * @param model the quantised model of a billion weights, or a small one in its place
 * @param exact the same in 16 bits
 * @param work for what is made on the way
 * @param pairs runs of ours and of llama-bench
 * @param cycles of loading and closing
 */
record Setup(String device, Optional<Path> natives, Optional<Path> module, Optional<String> rpc, Optional<String> beside, Path peers,
             Path model, Path exact, Path work, int pairs, int cycles) {

    static Setup current() {
        return new Setup(property("device").orElse("CUDA0"), path("natives"), path("module"), property("rpc"), property("beside"), path("peers").orElseThrow(),
                path("model").orElseThrow(), path("exact").orElseThrow(), path("work").orElseThrow(), number("pairs", 7), number("cycles", 50));
    }

    /** A main class in a JVM of its own, on the class path of this one. */
    List<String> java(String main, boolean withDevice, String... arguments) {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:ErrorFile=" + work.resolve("hs_err_pid%p.log"), "-Xmx2g", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
        natives.ifPresent(folder -> line.add("-Dllamaffm.library.path=" + folder
                + (withDevice ? module.map(added -> File.pathSeparator + added).orElse("") : "")));
        Optional.ofNullable(System.getProperty("llamaffm.cache.dir")).ifPresent(folder -> line.add("-Dllamaffm.cache.dir=" + folder));
        line.add("-Dgpu.device=" + device);
        natives.ifPresent(folder -> line.add("-Dgpu.natives=" + folder));
        module.ifPresent(folder -> line.add("-Dgpu.module=" + folder));
        if (withDevice) {
            rpc.ifPresent(address -> line.add("-Dgpu.rpc=" + address));
            beside.ifPresent(address -> line.add("-Dgpu.beside=" + address));
        }
        line.addAll(List.of("-Dgpu.peers=" + peers, "-Dgpu.model=" + model, "-Dgpu.exact=" + exact, "-Dgpu.work=" + work, "-Dgpu.pairs=" + pairs,
                "-Dgpu.cycles=" + cycles));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        line.addAll(List.of(arguments));
        return line;
    }

    /** Every device there is; with the one of the RPC server. */
    List<Device> devices() {
        LlamaRuntime runtime = LlamaRuntime.instance();
        rpc.ifPresent(runtime::addRpcServer);
        return runtime.devices();
    }

    Device gpu() {
        List<Device> devices = devices();
        return devices.stream().filter(one -> one.name().equals(device)).findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + device + " among " + devices.stream().map(Device::name).toList()
                        + "; " + LlamaRuntime.instance().report()));
    }

    /** Whether the device has memory of its own, of which it tells how much is free: Vulkan's software device has that of the machine. */
    boolean ownMemory() {
        return rpc.isEmpty() && !gpu().description().startsWith("llvmpipe");
    }

    /** Nothing on any GPU. */
    static ModelOptions onCpu() {
        return ModelOptions.builder().splitMode(SplitMode.NONE).mainGpu(-1).build();
    }

    ModelOptions onGpu() {
        return ModelOptions.builder().devices(gpu()).build();
    }

    private static Optional<String> property(String name) {
        return Optional.ofNullable(System.getProperty("gpu." + name)).filter(value -> !value.isEmpty());
    }

    private static Optional<Path> path(String name) {
        return property(name).map(Path::of);
    }

    private static int number(String name, int otherwise) {
        return property(name).map(Integer::parseInt).orElse(otherwise);
    }
}
