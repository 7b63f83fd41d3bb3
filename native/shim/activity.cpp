#include "activity.h"

#include <atomic>
#include <cstdio>
#include <cstring>

#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>
#else
#    include <fcntl.h>
#    include <pthread.h>
#    include <unistd.h>
#    if defined(__linux__)
#        include <sys/syscall.h>
#    endif
#endif

namespace {

// Threads beyond that go unnamed in last words.
constexpr int MAX_THREADS = 256;

struct place {
    std::atomic<int64_t>      thread{0};
    std::atomic<const char *> operation{nullptr};
};

place places[MAX_THREADS];

// A thread takes a place with its first guarded call and leaves it when it ends.
struct tenant {
    tenant() {
        const int64_t self = lf::thread_number();
        for (place & free : places) {
            int64_t nobody = 0;
            if (free.thread.compare_exchange_strong(nobody, self)) {
                mine = &free;
                return;
            }
        }
    }

    ~tenant() {
        if (mine) {
            mine->operation.store(nullptr);
            mine->thread.store(0);
            mine = nullptr;
        }
    }

    place *      mine      = nullptr;
    const char * operation = nullptr;
};

thread_local tenant self;

} // namespace

namespace lf {

void begin_activity(const char * operation) {
    self.operation = operation;
    if (self.mine) {
        self.mine->operation.store(operation, std::memory_order_relaxed);
    }
}

void end_activity() {
    begin_activity(nullptr);
}

const char * current_activity() {
    return self.operation;
}

int64_t thread_number() {
#if defined(_WIN32)
    return GetCurrentThreadId();
#elif defined(__linux__)
    return syscall(SYS_gettid);
#else
    uint64_t number = 0;
    pthread_threadid_np(nullptr, &number);
    return static_cast<int64_t>(number);
#endif
}

void thread_name(int64_t number, char (&out)[32]) {
    out[0] = '\0';
#if defined(__linux__)
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%lld/comm", static_cast<long long>(number));
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        const ssize_t length = read(file, out, sizeof out - 1);
        close(file);
        out[length > 0 ? length : 0] = '\0';
        out[strcspn(out, "\n")] = '\0';
    }
#else
    (void) number;
#endif
}

bool activity_at(int index, activity_view & out) {
    if (index >= MAX_THREADS) {
        return false;
    }
    out = { places[index].operation.load(), places[index].thread.load() };
    return true;
}

} // namespace lf
