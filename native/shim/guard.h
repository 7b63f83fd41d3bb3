// One guarded call: what every lf_* function is wrapped in, so that no exception and no abort reaches the JVM.
#pragma once

#include "llamaffm.h"

#include <exception>
#include <new>
#include <string>
#include <type_traits>

namespace lf {

// Thrown by our abort callback. Not a std::exception: llama.cpp catches those itself and would go on.
struct abort_error {
    char message[1024]; // a std::string could throw something else
};

// Why a call failed, where the wrapped function has a status but no exception.
struct failure {
    int32_t     status;
    std::string message;
};

// Entered on the outermost guarded call of a thread. Not LF_OK: nothing may start, because the process is ending or has no
// memory for the first call of a thread.
int32_t enter(const char * operation);
void leave();

// Whether a graph is being computed. Where it still is when a call failed, the error of that says so.
void in_graph(bool value);

// Whether the call under way did not come back from its last graph.
bool left_in_graph();

// Whether a guarded call is on this thread's stack.
bool guarded();

// Remembers the message of a failed call for lf_last_error(), as much of it as there is memory for.
void set_error(const char * operation, const char * kind, const char * message) noexcept;

// The same for a status of llama.cpp that is no exception.
int32_t returned(const char * function, int32_t status);

// What lf_last_error() returns, and how a helper thread hands it to the thread that waits for it. Empty: out of memory.
std::string error() noexcept;

// Waits for the results of a computation on RPC servers, whose loss would show only after the call, or never.
void await_remote_results(llama_context * context);

// Around calls that free: destructors must not throw. That an RPC server is lost does not count there, and an abort ends the
// process with its last words, where an exception would end it without.
struct freeing {
    freeing();
    ~freeing();
    freeing(const freeing &) = delete;
    freeing & operator=(const freeing &) = delete;
};

bool is_freeing();

// Whether an exception may be thrown here: it is caught by a guard, and no destructor runs that it would have to pass.
bool may_throw();

// Around a call of the user's own code. That may end the process, and then waits in Java for what waits for it: the end does
// not wait for such calls for long.
struct calling_user {
    calling_user();
    ~calling_user();
    calling_user(const calling_user &) = delete;
    calling_user & operator=(const calling_user &) = delete;
};

// From now on the process leaves without static destructors where it ends while a guarded call is under way: they would take
// away what that still uses. Later calls put that before what was made in between. A few calls only, each takes memory.
void leave_in_order();

// Polled between graph nodes and while weights are read.
bool stop_requested(const lf_cancel * cancel);

template <typename R>
R failed(int32_t status) {
    if constexpr (std::is_void_v<R>) {
        return;
    } else if constexpr (std::is_pointer_v<R>) {
        return nullptr;
    } else {
        return static_cast<R>(status);
    }
}

template <typename F>
auto guard(const char * operation, F && body) noexcept -> decltype(body()) {
    using R = decltype(body());
    if (const int32_t refused = enter(operation); refused != LF_OK) {
        return failed<R>(refused);
    }
    struct leaver {
        ~leaver() { leave(); }
    } on_return;
    try {
        return body();
    } catch (const abort_error & e) {
        set_error(operation, "aborted", e.message);
        return failed<R>(LF_ERROR_ABORT);
    } catch (const failure & e) {
        set_error(operation, "failed", e.message.c_str());
        return failed<R>(e.status);
    } catch (const std::bad_alloc &) {
        set_error(operation, "failed", "out of memory");
        return failed<R>(LF_ERROR_EXCEPTION);
    } catch (const std::exception & e) {
        set_error(operation, "threw", e.what());
        return failed<R>(LF_ERROR_EXCEPTION);
    } catch (...) {
        set_error(operation, "threw", "an exception of an unknown type");
        return failed<R>(LF_ERROR_EXCEPTION);
    }
}

} // namespace lf
