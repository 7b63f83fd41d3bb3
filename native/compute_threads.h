/*
 * Included by force before ggml-cpu.c (native/core.cmake): what its threads do while they wait, and what becomes of them.
 *
 * The threads of a graph wait for each other in loops of pauses and never give up their core: when one of them is descheduled,
 * because a JIT compiler or another program wants to run, the others burn whole time slices for it, at each of hundreds of
 * barriers per token. Here a wait that has gone on for some 20 microseconds offers the core to whoever needs it; shorter waits,
 * which is all of them on an idle machine, do not (x86-64 with glibc or musl).
 *
 * And where one of them aborts, the others would wait for it for ever: such a wait asks the shim whether there is anybody to wait
 * for (native/shim/crew.cpp).
 */
#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    if !defined(NOMINMAX)
#        define NOMINMAX
#    endif
#    include <windows.h>

void   lf_crew_made(const void * condition);
void   lf_crew_computes(const void * condition);
HANDLE lf_crew_thread(LPTHREAD_START_ROUTINE work, void * argument);

// There is no destroying a condition of Windows: a crew is forgotten when the shim has freed its pool; one of a single graph when its
// first thread ends as it should. What stays is replaced by the next crew at that address.
#    define InitializeConditionVariable(condition)                       (lf_crew_made(condition), InitializeConditionVariable(condition))
#    define WakeAllConditionVariable(condition)                          (lf_crew_computes(condition), WakeAllConditionVariable(condition))
#    define CreateThread(security, stack, work, argument, flags, number) lf_crew_thread(work, argument)
#else
#    include <pthread.h>
#    include <sched.h>

int  lf_crew_cond_init(pthread_cond_t * cond, const pthread_condattr_t * attributes);
int  lf_crew_cond_destroy(pthread_cond_t * cond);
int  lf_crew_cond_broadcast(pthread_cond_t * cond);
int  lf_crew_thread(pthread_t * out, const pthread_attr_t * attributes, void * (*work)(void *), void * argument);

#    define pthread_cond_init      lf_crew_cond_init
#    define pthread_cond_destroy   lf_crew_cond_destroy
#    define pthread_cond_broadcast lf_crew_cond_broadcast
#    define pthread_create         lf_crew_thread
#endif

void lf_crew_waiting(void);

static inline void llamaffm_relax(void) {
    static __thread unsigned pauses;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield" ::: "memory");
#endif
    if ((++pauses & 1023) == 0) {
        lf_crew_waiting();
#if defined(__x86_64__) && defined(__linux__)
        sched_yield();
#endif
    }
}

// The definition in ggml-cpu.c, which has (void), becomes that of another function; the calls, which have (), become ours.
#define LLAMAFFM_RELAX_void        llamaffm_upstream_relax(void)
#define LLAMAFFM_RELAX_            llamaffm_relax()
#define ggml_thread_cpu_relax(...) LLAMAFFM_RELAX_##__VA_ARGS__
