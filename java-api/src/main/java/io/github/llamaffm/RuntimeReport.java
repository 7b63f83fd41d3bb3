package io.github.llamaffm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can compute in this process, which native libraries run, and why each other one does not. A value; {@link #toString()} is a page
 * to read.
 *
 * @param llamaCppVersion such as {@code 0.5.0}
 * @param buildInfo compiler, build type, system and processor of the core library
 * @param abiId what the library and its bindings agree on: 12 hexadecimal digits
 * @param platform of this JVM, such as {@code linux-x86_64}
 * @param core the core library that is open
 * @param cpuModule the CPU module in use; empty where it cannot be told, because another class loader loaded it
 * @param cpuFeatures instructions and abilities that this module uses, such as {@code AVX2}
 * @param devices everything that can compute, with its memory at that moment
 * @param candidates every library that was looked at, in that order
 * @param versions of drivers and of run-time libraries, by what they are of, such as {@code NVIDIA driver}; only those that were found
 * @param warnings what works but should be known to the operator; empty as a rule
 * @param notes what of this machine keeps GPUs from being used, with the next step; empty as a rule
 */
public record RuntimeReport(
        String llamaCppVersion,
        String buildInfo,
        String abiId,
        String platform,
        Path core,
        Optional<Path> cpuModule,
        List<String> cpuFeatures,
        List<Device> devices,
        List<Candidate> candidates,
        Map<String, String> versions,
        List<String> warnings,
        List<String> notes) {

    /** Copies the collections. */
    public RuntimeReport {
        cpuFeatures = List.copyOf(cpuFeatures);
        devices = List.copyOf(devices);
        candidates = List.copyOf(candidates);
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        warnings = List.copyOf(warnings);
        notes = List.copyOf(notes);
    }

    /**
     * One library that could have been used.
     *
     * @param name a path, or what was looked at instead of one
     * @param status what became of it
     * @param reason why, in one line; of one that the system refused, in its words
     */
    public record Candidate(String name, Status status, String reason) {

        /** A path, or a file name and what it is packed in. */
        private static final Pattern MODULE = Pattern.compile("(?:^|[/\\\\])(?:lib)?ggml-([a-z0-9]+)[^/\\\\ ]*(?: (?:of|in) .*)?$");

        private boolean isForCpu() {
            Matcher module = MODULE.matcher(name);
            return module.find() && module.group(1).equals("cpu");
        }

        /** The backend of a GPU module, such as {@code cuda} or {@code vulkan}; empty for all other libraries. */
        public Optional<String> gpuBackend() {
            Matcher module = MODULE.matcher(name);
            return module.find() && !module.group(1).equals("cpu") && !module.group(1).equals("rpc")
                    ? Optional.of(module.group(1))
                    : Optional.empty();
        }
    }

    /** What became of a candidate. */
    public enum Status {
        /** It is in use. */
        USED,
        /** It was not wanted: it does not fit this machine, or another one is better. */
        REJECTED,
        /** It should have worked and did not. */
        FAILED
    }

    /**
     * Why models are computed by the CPU, with the next step: for each GPU module what became of it, and what failed before one
     * was found, or that there is none. Empty where there is a GPU.
     */
    public String whyNoGpu() {
        if (devices.stream().anyMatch(Device::isGpu)) {
            return "";
        }
        List<String> reasons = new ArrayList<>();
        for (Candidate candidate : candidates) {
            // A jar or a folder that failed as a whole does not tell its modules.
            boolean mayHaveOne = candidate.status() == Status.FAILED && !candidate.isForCpu();
            if (candidate.gpuBackend().isPresent() || mayHaveOne) {
                reasons.add(candidate.name() + ": "
                        + (candidate.status() == Status.USED ? "it runs, and found no device" : candidate.reason()));
            }
        }
        if (reasons.isEmpty()) {
            reasons.add("there is no GPU module for " + platform + " among the jars or folders; see docs/gpu for the one to add");
        }
        reasons.addAll(notes);
        return String.join("; ", reasons);
    }

    /** A page: the library, its CPU module, devices with their memory, versions, what became of each candidate, and what to know. */
    @Override
    public String toString() {
        StringBuilder page = new StringBuilder();
        line(page, "llama.cpp", llamaCppVersion + " (" + buildInfo + "), ABI id " + abiId);
        line(page, "platform", platform);
        line(page, "core", core.toString());
        line(page, "CPU module", cpuModule.map(Path::toString).orElse("in use by another class loader"));
        line(page, "CPU features", String.join(" ", cpuFeatures));
        versions.forEach((what, version) -> line(page, what, version));
        for (Device device : devices) {
            line(page, "device", "%s, %s, %s%s, %d of %d MiB free".formatted(device.name(), device.type().name().toLowerCase(Locale.ROOT),
                    device.description(), device.id().isEmpty() ? "" : ", " + device.id(),
                    device.memoryFree() >> 20, device.memoryTotal() >> 20));
        }
        for (Candidate candidate : candidates) {
            line(page, candidate.status().name().toLowerCase(Locale.ROOT), candidate.name() + ": " + candidate.reason());
        }
        warnings.forEach(warning -> line(page, "warning", warning));
        notes.forEach(note -> line(page, "note", note));
        return page.toString();
    }

    private static void line(StringBuilder page, String what, String value) {
        page.append(what).repeat(" ", Math.max(1, 20 - what.length())).append(value).append('\n');
    }
}
