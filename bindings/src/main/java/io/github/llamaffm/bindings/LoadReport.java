package io.github.llamaffm.bindings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the loader did: which libraries run, and why each other candidate does not.
 *
 * @param platform   of this JVM, such as {@code linux-x86_64}
 * @param core       the core library that is open
 * @param abiId      the core library's own ABI id, 12 hexadecimal digits
 * @param buildInfo  compiler and build type of the core library
 * @param cpuModule  the CPU module in use; empty where something else than this loader loaded it
 * @param candidates everything that was looked at, in that order
 * @param versions   of drivers and run-time libraries that were asked, by what they are of
 * @param leftOut    devices that a loaded module shows and cannot compute on, by name, with the reason: no model must go there
 * @param warnings   what works but should be known to the operator; empty as a rule
 */
public record LoadReport(
        String platform,
        Path core,
        String abiId,
        String buildInfo,
        Optional<Path> cpuModule,
        List<Candidate> candidates,
        Map<String, String> versions,
        Map<String, String> leftOut,
        List<String> warnings) {

    /** Copies the collections. */
    public LoadReport {
        candidates = List.copyOf(candidates);
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        leftOut = Map.copyOf(leftOut);
        warnings = List.copyOf(warnings);
    }

    /** This report with what another log has at its end. */
    LoadReport with(LoadLog log) {
        List<Candidate> all = new ArrayList<>(candidates);
        all.addAll(log.candidates());
        Map<String, String> allVersions = new LinkedHashMap<>(versions);
        allVersions.putAll(log.versions());
        Map<String, String> allLeftOut = new LinkedHashMap<>(leftOut);
        allLeftOut.putAll(log.leftOut());
        List<String> allWarnings = new ArrayList<>(warnings);
        log.warnings().stream().filter(warning -> !warnings.contains(warning)).forEach(allWarnings::add);
        return new LoadReport(platform, core, abiId, buildInfo, cpuModule, all, allVersions, allLeftOut, allWarnings);
    }

    /**
     * One thing that could have been used.
     *
     * @param name   a path, or what was looked at instead of one
     * @param status what became of it
     * @param reason why, in one line
     */
    public record Candidate(String name, Status status, String reason) {

        @Override
        public String toString() {
            return name + ": " + status + ", " + reason;
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
}
