#include "guard.h"

#include "crash.h"
#include "log.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace {

std::atomic<bool>    shutting_down{false};
std::atomic<int64_t> in_flight{0};

thread_local int          depth = 0;
thread_local std::string  last_error;
thread_local const char * current_operation = nullptr;

// Runs before the static initialiser of ggml.cpp that replaces the handler.
std::terminate_handler original_terminate = nullptr;

__attribute__((constructor(101))) void remember_terminate_handler() {
    original_terminate = std::get_terminate();
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
    if (depth > 0) {
        throw lf::abort_error{ message };
    }
    lf::last_words(message, current_operation);
}

} // namespace

// Stand in for fork and execlp in ggml.c (native/core.cmake): its backtrace must not start a debugger on a JVM.
extern "C" int lf_no_fork(void);
extern "C" int lf_no_exec(const char *, ...);
int lf_no_fork(void) { return -1; }
int lf_no_exec(const char *, ...) { return -1; }

namespace lf {

bool enter(const char * operation) {
    if (depth == 0) {
        in_flight.fetch_add(1);
        if (shutting_down.load()) {
            in_flight.fetch_sub(1);
            last_error = std::string(operation) + ": the process is ending";
            return false;
        }
        current_operation = operation;
        log_reset_recent();
    }
    depth++;
    return true;
}

void leave() {
    if (--depth == 0) {
        current_operation = nullptr;
        in_flight.fetch_sub(1);
    }
}

bool guarded() {
    return depth > 0;
}

void set_error(const char * operation, const char * kind, const std::string & message) {
    last_error = std::string(operation) + " " + kind + ": " + message + log_recent();
}

const std::string & error() {
    return last_error;
}

void set_error_text(std::string text) {
    last_error = std::move(text);
}

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
            std::set_terminate(original_terminate);
            return true;
        }();
        (void) once;
        return LF_OK;
    });
}

extern "C" const char * lf_last_error(void) {
    return last_error.c_str();
}

extern "C" int64_t lf_shutdown(int64_t timeout_ms) {
    shutting_down = true;
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    while (in_flight.load() > 0 && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return in_flight.load();
}

extern "C" int32_t lf_self_test(int32_t kind) {
    if (kind == LF_SELF_TEST_UNGUARDED_ABORT) {
        GGML_ABORT("self-test: an abort that cannot be caught");
    }
    return lf::guard("lf_self_test", [&]() -> int32_t {
        switch (kind) {
            case LF_SELF_TEST_ABORT:     GGML_ABORT("self-test: abort");
            case LF_SELF_TEST_EXCEPTION: throw std::runtime_error("self-test: exception");
            case LF_SELF_TEST_UNKNOWN:   throw 42;
            default:                     throw lf::failure{ LF_ERROR_ARGUMENT, "unknown kind " + std::to_string(kind) };
        }
    });
}
