#include "freed.h"

#include <atomic>
#include <chrono>
#include <cstdlib>

#if defined(__GLIBC__)
#    include <malloc.h>
#endif

void lf::give_back_freed() {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
    // Elsewhere what is freed is the C library's to keep: none of them has a function for it.
}

void lf::give_back_freed_now_and_then() {
    using clock = std::chrono::steady_clock;
    static std::atomic<clock::rep> last{ 0 };
    const clock::rep now = clock::now().time_since_epoch().count();
    clock::rep       before = last.load();
    if (now - before >= clock::duration(std::chrono::seconds(1)).count() && last.compare_exchange_strong(before, now)) {
        give_back_freed();
    }
}
