package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.internal.Fingerprint;
import io.github.llamaffm.internal.Utf8;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a state depends on, by names that people understand, so that a refusal says what differs. */
final class StateFacts {

    private static final int USUAL_BYTES = 4096;

    /** More say no more. */
    private static final int MOST_TOLD = 3;

    private StateFacts() {}

    /** In a call of the context. */
    static Map<String, String> of(NativeContext context) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("state format of llama.cpp",
                LlamaFfm.LLAMA_SESSION_VERSION() + "." + LlamaFfm.LLAMA_STATE_SEQ_VERSION());
        for (String line : read(context).lines().toList()) {
            int tab = line.indexOf('\t');
            facts.put(line.substring(0, tab), line.substring(tab + 1));
        }
        facts.put("cache types", context.options().keyType() + " " + context.options().valueType());
        facts.put("sliding-window cache", context.model().info().windowSize() == 0
                ? "none" : context.options().fullSlidingWindow() ? "full" : "window");
        facts.put("metadata overrides", overrides(context.model().options().metadataOverrides()));
        facts.put("model file", context.model().files().fingerprint());
        return Collections.unmodifiableMap(facts);
    }

    /** @throws StateException naming what differs, with both values */
    static void requireEqual(String name, Map<String, String> saved, Map<String, String> here) {
        Set<String> all = new LinkedHashSet<>(here.keySet());
        all.addAll(saved.keySet());
        List<String> differences = new ArrayList<>();
        for (String fact : all) {
            String there = saved.getOrDefault(fact, "not named");
            String now = here.getOrDefault(fact, "not named");
            if (!there.equals(now)) {
                differences.add("%s: %s there, %s here".formatted(fact, there, now));
            }
        }
        if (!differences.isEmpty()) {
            String told = String.join("; ", differences.subList(0, Math.min(MOST_TOLD, differences.size())));
            throw new StateException("%s was saved from another model or with other options (%s%s)".formatted(name, told,
                    differences.size() > MOST_TOLD ? "; and %d more".formatted(differences.size() - MOST_TOLD) : ""));
        }
    }

    /** They change what is computed, and not the file. */
    private static String overrides(Map<String, MetadataValue> overrides) {
        return overrides.isEmpty()
                ? "none"
                : "%d, %016x".formatted(overrides.size(), Fingerprint.of(new TreeMap<>(overrides).toString()));
    }

    private static String read(NativeContext context) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(USUAL_BYTES);
            long length = ContextStates.require(LlamaFfm.lf_state_facts(context.pointer(), out, out.byteSize()));
            if (length > USUAL_BYTES) {
                out = arena.allocate(length);
                length = ContextStates.require(LlamaFfm.lf_state_facts(context.pointer(), out, out.byteSize()));
            }
            return Utf8.decode(out, length);
        }
    }
}
