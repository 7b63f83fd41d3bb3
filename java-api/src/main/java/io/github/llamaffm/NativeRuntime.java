package io.github.llamaffm;

import io.github.llamaffm.bindings.LoadReport;
import io.github.llamaffm.bindings.NativeLibrary;
import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_device;
import io.github.llamaffm.internal.NativeLog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native library, as the loader of the bindings left it. */
final class NativeRuntime implements LlamaRuntime {

    private static final Logger LOGGER = LoggerFactory.getLogger(LlamaRuntime.class);

    private static @Nullable NativeRuntime instance;

    private boolean hooked;

    private NativeRuntime() {}

    /** Loads the library on the first call. */
    static synchronized NativeRuntime instance() {
        if (instance == null) {
            try {
                NativeLibrary.report().warnings().forEach(LOGGER::warn);
            } catch (io.github.llamaffm.bindings.NativeLoadException e) {
                throw new NativeLoadException(e);
            }
            NativeLog.install();
            NativeLog.drain();
            instance = new NativeRuntime();
        }
        return instance;
    }

    /**
     * From now on the process ends in order: it waits until the native calls under way have noticed. exit() runs static
     * destructors under threads that still compute, which crashes.
     */
    synchronized void computeSoon() {
        if (!hooked) {
            ExitHook.install(NativeLibrary.report().core());
            hooked = true;
        }
    }

    @Override
    public String llamaCppVersion() {
        return NativeStrings.read(LlamaFfm.llama_version());
    }

    @Override
    public String abiId() {
        return NativeLibrary.report().abiId();
    }

    @Override
    public String buildInfo() {
        return NativeLibrary.report().buildInfo();
    }

    @Override
    public List<Device> devices() {
        NativeLibrary.loadGpuModules();
        NativeLog.drain();
        Set<String> leftOut = NativeLibrary.report().leftOut().keySet();
        try (Arena arena = Arena.ofConfined()) {
            long count = requireCount(LlamaFfm.lf_devices(MemorySegment.NULL, 0), "list the devices");
            MemorySegment structs = lf_device.allocateArray(Math.max(1, count), arena);
            count = Math.min(count, requireCount(LlamaFfm.lf_devices(structs, count), "list the devices"));
            List<Device> devices = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                devices.add(device(lf_device.asSlice(structs, i)));
            }
            devices.removeIf(device -> leftOut.contains(device.name()));
            return List.copyOf(devices);
        }
    }

    static long requireCount(long count, String what) {
        if (count == LlamaFfm.LF_ERROR_SHUTDOWN()) {
            throw new ShutdownException();
        }
        if (count < 0) {
            NativeError error = NativeError.last();
            throw new NativeLoadException("cannot " + what + ": " + error.summary(), error.log());
        }
        return count;
    }

    /** Reads an {@code lf_device}. */
    static Device device(MemorySegment struct) {
        int type = lf_device.type(struct);
        Device.Type[] types = Device.Type.values();
        return new Device(
                lf_device.name(struct).getString(0),
                lf_device.description(struct).getString(0),
                lf_device.id(struct).getString(0),
                type >= 0 && type < types.length ? types[type] : Device.Type.ACCELERATOR,
                lf_device.backend(struct).getString(0),
                lf_device.memory_free(struct),
                lf_device.memory_total(struct));
    }

    @Override
    public List<Device> addRpcServer(String hostAndPort) {
        try {
            return RpcServers.add(this, hostAndPort);
        } catch (io.github.llamaffm.bindings.NativeLoadException e) {
            throw new NativeLoadException(e);
        } finally {
            NativeLog.drain();
        }
    }

    @Override
    public RuntimeReport report() {
        List<Device> devices = devices();
        LoadReport report = NativeLibrary.report();
        List<RuntimeReport.Candidate> candidates = report.candidates().stream()
                .map(candidate -> new RuntimeReport.Candidate(candidate.name(), status(candidate.status()), candidate.reason()))
                .toList();
        Machine machine = Machine.current();
        Map<String, String> versions = new LinkedHashMap<>(machine.versions());
        versions.putAll(report.versions());
        return new RuntimeReport(llamaCppVersion(), buildInfo(), abiId(), report.platform(), report.core(), report.cpuModule(),
                CpuFeatures.ofThisProcess(), devices, candidates, versions, report.warnings(), machine.notes(candidates));
    }

    private static RuntimeReport.Status status(LoadReport.Status status) {
        return switch (status) {
            case USED -> RuntimeReport.Status.USED;
            case REJECTED -> RuntimeReport.Status.REJECTED;
            case FAILED -> RuntimeReport.Status.FAILED;
        };
    }
}
