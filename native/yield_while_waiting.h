/*
 * Included by force before ggml-cpu.c (native/core.cmake). The threads of a graph wait for each other in loops of pauses
 * and never give up their core: when one of them is descheduled, because a JIT compiler or another program wants to run,
 * the others burn whole time slices for it, at each of hundreds of barriers per token. Here a wait that has gone on for
 * some 20 microseconds offers the core to whoever needs it; shorter waits, which is all of them on an idle machine, do not.
 */
#if defined(__x86_64__) && !defined(_WIN32)
#    include <immintrin.h>
#    include <sched.h>

static inline void llamaffm_pause_or_yield(void) {
    /* In static storage of the thread: elsewhere its first use allocates, and glibc ends a process that has no memory for it. */
    static __thread unsigned pauses __attribute__((tls_model("initial-exec")));
    _mm_pause();
    if ((++pauses & 1023) == 0) {
        sched_yield();
    }
}
#    define _mm_pause llamaffm_pause_or_yield
#endif
