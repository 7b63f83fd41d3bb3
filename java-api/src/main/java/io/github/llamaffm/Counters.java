package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_perf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** The counters of a context. For callers inside a call of the context. */
final class Counters {

    private static final PerfCounters NONE =
            new PerfCounters(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, 0);

    private final NativeContext context;

    /** Of before a warm-up, which sets those of llama.cpp to 0. */
    private PerfCounters before = NONE;

    Counters(NativeContext context) {
        this.context = context;
    }

    PerfCounters read() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment perf = lf_perf.allocate(arena);
            int status = LlamaFfm.lf_perf_read(context.pointer(), perf);
            if (status == LlamaFfm.LF_ERROR_SHUTDOWN()) {
                throw new ShutdownException();
            }
            if (status != 0) {
                NativeError error = NativeError.last();
                context.poison("reading of counters", error);
                throw new DecodeException("the computation failed: %s; close this context and make another one"
                        .formatted(error.summary()), status, error.log());
            }
            return new PerfCounters(
                    duration(lf_perf.load_ms(perf)),
                    duration(lf_perf.prompt_ms(perf)),
                    duration(lf_perf.generation_ms(perf)),
                    lf_perf.prompt_tokens(perf),
                    lf_perf.generated_tokens(perf),
                    lf_perf.reused_graphs(perf),
                    context.cache().forks().forks(),
                    context.cache().forks().copiedBytes()).plus(before);
        }
    }

    void reset() {
        before = NONE;
        context.cache().forks().reset();
        LlamaFfm.llama_perf_context_reset(context.pointer());
    }

    /** What was counted since goes. */
    void resetTo(PerfCounters then) {
        LlamaFfm.llama_perf_context_reset(context.pointer());
        before = then;
    }

    private static Duration duration(double millis) {
        return Duration.ofNanos(Math.round(millis * 1e6));
    }
}
