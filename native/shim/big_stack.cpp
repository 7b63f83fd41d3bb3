#include "big_stack.h"

#include "guard.h"
#include "llamaffm.h"

#include <cstdint>

namespace lf {

void guarded_on_big_stack(const char * operation, size_t stack_bytes, const std::function<void()> & work) {
    int32_t     status = LF_OK;
    std::string error;
    const bool  ran = run_on_big_stack(stack_bytes, [&] {
        status = guard(operation, [&]() -> int32_t {
            work();
            return LF_OK;
        });
        if (status != LF_OK) {
            error = lf::error();
        }
    });
    if (!ran) {
        throw failure{ LF_ERROR_FAILED, "no thread with a stack of " + std::to_string(stack_bytes >> 20) + " MiB could be made" };
    }
    if (status != LF_OK) {
        throw failure{ status, error.empty() ? "out of memory" : error };
    }
}

} // namespace lf

#if defined(_WIN32)

#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>

namespace {

uintptr_t stack_end() {
    ULONG_PTR low  = 0;
    ULONG_PTR high = 0;
    GetCurrentThreadStackLimits(&low, &high);
    return low;
}

} // namespace

namespace lf {

static DWORD WINAPI start(void * work) {
    (*static_cast<const std::function<void()> *>(work))();
    return 0;
}

bool run_on_big_stack(size_t stack_bytes, const std::function<void()> & work) {
    HANDLE thread = CreateThread(nullptr, stack_bytes, start, const_cast<std::function<void()> *>(&work),
                                 STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr);
    if (!thread) {
        return false;
    }
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    return true;
}

} // namespace lf

#else

#    include <pthread.h>
#    include <sys/mman.h>
#    include <sys/resource.h>
#    include <unistd.h>
#    if defined(__linux__)
#        include <sys/syscall.h>
#    endif

#    if !defined(MAP_NORESERVE)
#        define MAP_NORESERVE 0
#    endif

namespace {

// The lowest address of the stack.
uintptr_t stack_end() {
#    if defined(__APPLE__)
    const pthread_t self = pthread_self();
    return reinterpret_cast<uintptr_t>(pthread_get_stackaddr_np(self)) - pthread_get_stacksize_np(self);
#    else
    pthread_attr_t attributes;
    void *         low  = nullptr;
    size_t         size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
        return UINTPTR_MAX;
    }
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
#        if !defined(__GLIBC__)
    // Of the first thread, musl tells what is mapped now, not what it may grow to.
    if (syscall(SYS_gettid) == getpid()) {
        rlimit       limit{};
        const size_t most = getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < (size_t{ 1 } << 40) ? limit.rlim_cur : size_t{ 8 } << 20;
        return reinterpret_cast<uintptr_t>(low) + size - (most > size ? most : size);
    }
#        endif
    return reinterpret_cast<uintptr_t>(low);
#    endif
}

} // namespace

namespace lf {

static void * start(void * work) {
    (*static_cast<const std::function<void()> *>(work))();
    return nullptr;
}

bool run_on_big_stack(size_t stack_bytes, const std::function<void()> & work) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t size = (stack_bytes + page - 1) / page * page + page;
    // Mapped by hand: address space only, so that the pages count when they are touched.
    void * stack = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) {
        return false;
    }
    // pthread makes no guard page on a stack that it is given.
    mprotect(stack, page, PROT_NONE);

    pthread_attr_t attributes;
    pthread_t      thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, static_cast<char *>(stack) + page, size - page);
    const bool started = pthread_create(&thread, &attributes, start, const_cast<std::function<void()> *>(&work)) == 0;
    if (started) {
        pthread_join(thread, nullptr);
    }
    pthread_attr_destroy(&attributes);
    munmap(stack, size);
    return started;
}

} // namespace lf

#endif

namespace lf {

size_t stack_left() {
    // Asked once for each thread: Linux reads a file to answer that of the first one.
    static thread_local const uintptr_t end = stack_end();
    const char      here = 0;
    const uintptr_t now  = reinterpret_cast<uintptr_t>(&here);
    return now > end ? now - end : 0;
}

} // namespace lf

extern "C" int32_t lf_stack_is_short(const int64_t * bytes) {
    const auto left = static_cast<int64_t>(lf::stack_left());
    return left > 0 && left < *bytes ? 1 : 0;
}
