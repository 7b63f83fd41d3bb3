package io.github.llamaffm.bindings;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Takes the verdict about a step from where it is kept, or from the probe.
 *
 * @param program the probe
 * @param core    the core library, which it opens first
 */
record ProbeRunner(Path program, Path core, Platform platform, LoadLog log) {

    /**
     * What is known about a step.
     *
     * @param kept whether an earlier start found it
     * @param file where the verdict is kept; empty where it is not
     */
    record Tried(ProbeVerdict verdict, boolean kept, Optional<Path> file) {

        /** Says no to what must not be done in this process. */
        void require() throws Unusable {
            if (verdict instanceof ProbeVerdict.Bad(String reason)) {
                throw new Unusable(
                        reason + (kept ? ", at an earlier start" : ""),
                        file.map(path -> "The next starts take that from " + path + ": delete it to try again.").orElse(""));
            }
        }
    }

    /**
     * Tries it, where no verdict is kept.
     *
     * @param key everything that the verdict depends on
     * @throws Unusable if the probe cannot be used
     */
    Tried run(List<String> steps, List<String> key, Duration limit) throws Unusable {
        Optional<ProbeCache> cache = cache();
        Optional<ProbeVerdict> kept = cache.flatMap(it -> it.find(key));
        if (kept.isPresent()) {
            return new Tried(kept.get(), true, cache.map(it -> it.file(key)));
        }
        List<String> all = withCore(steps);
        ProbeProcess.Ended ended = new ProbeProcess(program, limit).run(all);
        ProbeVerdict verdict = ProbeVerdict.of(all, ended, limit, platform);
        // What is refused may be installed the next time, and what was slow may be faster.
        boolean keeps = cache.isPresent() && ended.status().isPresent() && !(verdict instanceof ProbeVerdict.Refused) && keep(cache.get(), key, verdict);
        return new Tried(verdict, false, cache.filter(_ -> keeps).map(it -> it.file(key)));
    }

    /** Keeps the score of each, as far as none ends the process: of one that does, a process of its own tells. */
    void scoreTogether(List<Path> modules, Function<Path, List<String>> key, Duration limit) throws Unusable {
        Optional<ProbeCache> cache = cache();
        if (cache.isEmpty()) {
            return;
        }
        List<Path> unknown = modules.stream().filter(module -> cache.get().find(key.apply(module)).isEmpty()).toList();
        if (unknown.size() < 2) {
            return;
        }
        List<String> steps = withCore(unknown.stream().map(module -> Probe.SCORE + module).toList());
        for (ProbeLine line : ProbeLine.all(new ProbeProcess(program, limit).run(steps).output())) {
            if (line.isEnd() && line.step() > 1) {
                keep(cache.get(), key.apply(unknown.get(line.step() - 2)), new ProbeVerdict.Done(line.number()));
            }
        }
    }

    private List<String> withCore(List<String> steps) {
        List<String> all = new ArrayList<>(List.of("core=" + core));
        all.addAll(steps);
        return all;
    }

    private Optional<ProbeCache> cache() {
        try {
            return Optional.of(ProbeCache.ofThisUser());
        } catch (IOException e) {
            notKept(e);
            return Optional.empty();
        }
    }

    private boolean keep(ProbeCache cache, List<String> key, ProbeVerdict verdict) {
        try {
            cache.keep(key, verdict);
            return true;
        } catch (IOException e) {
            notKept(e);
            return false;
        }
    }

    private void notKept(IOException e) {
        log.warn("what the probe finds is not kept, and it runs at every start: " + e.getMessage());
    }
}
