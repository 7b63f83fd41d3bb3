package io.github.llamaffm.bindings;

import io.github.llamaffm.bindings.LoadReport.Candidate;
import io.github.llamaffm.bindings.LoadReport.Status;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what the loader tries. Not thread-safe: the loader runs under its lock. */
final class LoadLog {

    // A set: a cache directory is asked twice, for the core library and for the CPU module.
    private final Set<Candidate> candidates = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final Map<String, String> leftOut = new LinkedHashMap<>();

    void used(Path path, String reason) {
        used(path.toString(), reason);
    }

    void used(String name, String reason) {
        add(name, Status.USED, reason);
    }

    void rejected(String name, String reason) {
        add(name, Status.REJECTED, reason);
    }

    void failed(String name, String reason) {
        add(name, Status.FAILED, reason);
    }

    void warn(String text) {
        warnings.add(text);
    }

    /** Of something that was found beside the candidates. */
    void version(String what, String version) {
        versions.put(what, version);
    }

    /** A device that is there and must not be used. */
    void leftOut(String device, String reason) {
        leftOut.put(device, reason);
        rejected(device, reason);
    }

    Map<String, String> leftOut() {
        return leftOut;
    }

    Map<String, String> versions() {
        return versions;
    }

    List<Candidate> candidates() {
        return List.copyOf(candidates);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    private void add(String name, Status status, String reason) {
        // Messages of the system may have several lines; a report has one per candidate.
        candidates.add(new Candidate(name, status, reason.strip().replace("\n", "; ")));
    }
}
