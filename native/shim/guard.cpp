#include "guard.h"

#include "activity.h"
#include "crash.h"
#include "crew.h"
#include "log.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string_view>
#include <thread>

#if !defined(_WIN32)
#    include <pthread.h>
#    include <unistd.h>
#endif

namespace {

std::atomic<bool>    shutting_down{false};
std::atomic<int64_t> in_flight{0};
std::atomic<int64_t> in_users_code{0};

// How long the end of the process waits for calls that are in the user's code.
constexpr std::chrono::milliseconds USERS_TIME{ 500 };

thread_local int         depth = 0;
thread_local std::string last_error;
thread_local bool        failed_call = false;
thread_local bool        in_a_graph = false;

// Of this thread when the outermost call began. Not always zero: where core and module have a C++ library each, an exception of the
// module's is thrown in one count and caught in the other, so that this library's is one less from then on.
thread_local int exceptions_before = 0;

// Runs before the static initialiser of ggml.cpp that replaces the handler; on macOS, which knows no such order, that replaces
// nothing (native/core.cmake).
std::terminate_handler original_terminate = nullptr;

__attribute__((constructor(101))) void remember_terminate_handler() {
    original_terminate = std::get_terminate();
}

// Kept of a message where there is no memory for all of it.
constexpr size_t KEPT_ERROR = 512;

void keep_error(std::initializer_list<std::string_view> parts) noexcept {
    try {
        size_t size = 0;
        for (const auto part : parts) {
            size += part.size();
        }
        last_error.reserve(size);
    } catch (const std::bad_alloc &) {
        // Then it is cut off.
    }
    last_error.clear();
    for (const auto part : parts) {
        last_error.append(part.substr(0, last_error.capacity() - last_error.size()));
    }
}

// What is local to a thread is allocated when it is first used: ours, and what libstdc++ throws with. Where there is no
// memory for it then, glibc ends the process. So the first call of a thread sees that there is more than enough.
constexpr size_t THREAD_MEMORY = 16 << 10;

#if defined(_WIN32)

// Windows allocates a thread's own variables when it starts the thread.
thread_local bool ready = false;

bool is_ready() { return ready; }
void set_ready() { ready = true; }

#else

pthread_key_t first_calls;
bool          has_key = false;

__attribute__((constructor(101))) void make_key() {
    has_key = pthread_key_create(&first_calls, nullptr) == 0;
}

bool is_ready() { return !has_key || pthread_getspecific(first_calls); }
void set_ready() { pthread_setspecific(first_calls, &first_calls); }

#endif

bool thread_ready() noexcept {
    if (is_ready()) {
        return true;
    }
    void * volatile spare = malloc(THREAD_MEMORY);
    if (!spare) {
        return false;
    }
    free(spare);
    try {
        (void) std::uncaught_exceptions();
        last_error.reserve(KEPT_ERROR);
        lf::log_prepare_thread();
        (void) lf::current_activity();
        (void) lf::on_crew();
    } catch (const std::bad_alloc &) {
        return false;
    }
    set_ready();
    return true;
}

// Java writes a cancel flag while it is polled here.
template <typename T>
T load(const T & field) {
    return __atomic_load_n(&field, __ATOMIC_RELAXED);
}

template <typename T>
void store(T & field, T value) {
    __atomic_store_n(&field, value, __ATOMIC_RELAXED);
}

// Called by ggml_abort, which ends the process when we return: so we never do.
void on_abort(const char * message) {
    if (lf::may_throw()) {
        lf::abort_error error;
        snprintf(error.message, sizeof error.message, "%s", message);
        throw error;
    }
    if (lf::on_crew()) {
        lf::desert_crew(message);
    }
    lf::last_words(message);
}

} // namespace

// Stand in for fork and execlp in ggml.c (native/core.cmake): its backtrace must not start a debugger on a JVM.
extern "C" int lf_no_fork(void);
extern "C" int lf_no_exec(const char *, ...);
int lf_no_fork(void) { return -1; }
int lf_no_exec(const char *, ...) { return -1; }

#if defined(__APPLE__)
// Stands in for set_terminate in ggml.cpp.
namespace std {
terminate_handler lf_keep_terminate(terminate_handler) noexcept;
terminate_handler lf_keep_terminate(terminate_handler) noexcept { return get_terminate(); }
} // namespace std
#endif

namespace lf {

int32_t enter(const char * operation) {
    if (!thread_ready()) {
        return LF_ERROR_EXCEPTION;
    }
    if (depth == 0) {
        in_flight.fetch_add(1);
        if (shutting_down.load()) {
            in_flight.fetch_sub(1);
            keep_error({ operation, ": the process is ending" });
            return LF_ERROR_SHUTDOWN;
        }
        failed_call       = false;
        in_a_graph        = false;
        exceptions_before = std::uncaught_exceptions();
        begin_activity(operation);
        log_reset_recent();
    }
    depth++;
    return LF_OK;
}

void leave() {
    if (--depth == 0) {
        end_activity();
        log_end_call(failed_call);
        in_flight.fetch_sub(1);
    }
}

void in_graph(bool value) {
    in_a_graph = value;
}

bool left_in_graph() {
    return in_a_graph;
}

bool guarded() {
    return depth > 0;
}

bool may_throw() {
    return depth > 0 && !is_freeing() && std::uncaught_exceptions() <= exceptions_before;
}

void set_error(const char * operation, const char * kind, const char * message) noexcept {
    failed_call = true;
    keep_error({ operation, " ", kind, in_a_graph ? " in a graph: " : ": ", message, log_recent() });
}

int32_t returned(const char * function, int32_t status) {
    if (status != 0) {
        failed_call = true;
        keep_error({ function, " returned ", std::to_string(status), status == -2 ? ": out of memory" : "", log_recent() });
    }
    return status;
}

std::string error() noexcept {
    try {
        return lf_last_error();
    } catch (const std::bad_alloc &) {
        return {};
    }
}

calling_user::calling_user() { in_users_code.fetch_add(1); }
calling_user::~calling_user() { in_users_code.fetch_sub(1); }

#if defined(__GLIBC__)
static void leave_now(int status, void *) {
    if (in_flight.load() > 0) {
        _exit(status);
    }
}

void leave_in_order() {
    on_exit(leave_now, nullptr);
}
#else
// Nothing that calls use is destroyed (native/core.cmake).
void leave_in_order() {}
#endif

bool stop_requested(const lf_cancel * cancel) {
    if (shutting_down.load(std::memory_order_relaxed)) {
        return true;
    }
    if (cancel == nullptr) {
        return false;
    }
    // Counted by the one thread that polls.
    auto * polled = const_cast<lf_cancel *>(cancel);
    if (const int32_t left = load(polled->stop_after); left > 0) {
        store(polled->stop_after, left - 1);
        if (left == 1) {
            store(polled->requested, 1);
        }
    }
    const int64_t deadline = load(cancel->deadline_us);
    return load(cancel->requested) != 0 || (deadline != 0 && llama_time_us() > deadline);
}

} // namespace lf

extern "C" int32_t lf_init(const lf_init_params * params) {
    return lf::guard("lf_init", [&]() -> int32_t {
        lf::set_crash_dir(params->crash_dir);
        lf::log_install(params->log_level);
        static const bool once = [] {
            ggml_set_abort_callback(on_abort);
            lf::install_terminate_handler(original_terminate);
            return true;
        }();
        (void) once;
        return LF_OK;
    });
}

extern "C" const char * lf_last_error(void) {
    return thread_ready() ? last_error.c_str() : "the first call of a thread failed: out of memory";
}

extern "C" int32_t lf_shutdown(const int64_t * timeout_ms) {
    using clock = std::chrono::steady_clock;
    shutting_down = true;
    const auto begin = clock::now();
    const auto over  = [&] {
        const auto waited = clock::now() - begin;
        return waited >= std::chrono::milliseconds(*timeout_ms)
            || (waited >= USERS_TIME && in_flight.load() <= in_users_code.load());
    };
    while (in_flight.load() > 0 && !over()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    lf::leave_in_order();
    return static_cast<int32_t>(in_flight.load());
}
