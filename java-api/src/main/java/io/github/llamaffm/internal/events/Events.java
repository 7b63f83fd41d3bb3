package io.github.llamaffm.internal.events;

import io.github.llamaffm.internal.chat.CacheLookup;
import jdk.jfr.FlightRecorder;

/**
 * Begins events where a recording wants them; where none does, nothing is made. Any thread.
 */
public final class Events {

    /** Programs may run without the module of the flight recorder. */
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr")
            .filter(Events.class.getModule()::canRead)
            .isPresent();

    /** One of each, never committed: it answers whether it is enabled. Reached only after {@link #isOn}. */
    private static final class Switches {

        static final LoadEvent LOAD = new LoadEvent("", false);
        static final PrefillEvent PREFILL = new PrefillEvent(new Computation("", 0, 0, 0, 0, 0, 0));
        static final DecodeEvent DECODE = new DecodeEvent(new Computation("", 0, 0, 0, 0, 0, 0));
        static final SampleEvent SAMPLE = new SampleEvent("", 0, 0, false);
        static final CancelEvent CANCEL = new CancelEvent(new Cancelled("", 0, "", "", 0, 0, 0));
        static final CacheHitEvent CACHE_HIT = new CacheHitEvent("", 0);
        static final CacheMissEvent CACHE_MISS = new CacheMissEvent("", 0);
    }

    private Events() {}

    /** The first class of an event that is loaded starts half the flight recorder: none is before somebody records something. */
    private static boolean isOn() {
        return PRESENT && FlightRecorder.isInitialized();
    }

    /** @param model name of its file, without folders */
    public static LoadSpan load(String model, boolean vocabularyOnly) {
        return isOn() && Switches.LOAD.isEnabled() ? new LoadEvent(model, vocabularyOnly) : NoSpan.NONE;
    }

    /** Whether {@link #prefill} or {@link #decode} begin anything: then they are worth counting for. */
    public static boolean recordsComputations() {
        return isOn() && (Switches.DECODE.isEnabled() || Switches.PREFILL.isEnabled());
    }

    /** A batch with several tokens of one sequence. */
    public static Span prefill(Computation computation) {
        return isOn() && Switches.PREFILL.isEnabled() ? new PrefillEvent(computation) : NoSpan.NONE;
    }

    /** A batch with one token of each sequence. */
    public static Span decode(Computation computation) {
        return isOn() && Switches.DECODE.isEnabled() ? new DecodeEvent(computation) : NoSpan.NONE;
    }

    /** The choice of one token. */
    public static Span sample(String model, long contextId, int samplers, boolean grammar) {
        return isOn() && Switches.SAMPLE.isEnabled() ? new SampleEvent(model, contextId, samplers, grammar) : NoSpan.NONE;
    }

    /** Work has been stopped. */
    public static void cancelled(Cancelled cancelled) {
        if (isOn() && Switches.CANCEL.isEnabled()) {
            new CancelEvent(cancelled).commit();
        }
    }

    /** The search of a prompt in a cache of conversations. */
    public static CacheLookup lookup(String model, long contextId) {
        return isOn() && (Switches.CACHE_HIT.isEnabled() || Switches.CACHE_MISS.isEnabled())
                ? new RecordedLookup(model, contextId)
                : NoSpan.NONE;
    }
}
