/*
 * Included by force before ggml-rpc.cpp (native/core.cmake). A server that is lost is an abort there: on the dispatcher
 * thread of its connection, where nobody can catch it, while the thread that asked waits for an answer for ever. Here the
 * dispatcher only notes that the connection is lost, and the waiting thread, woken as by an answer, is what fails: by an
 * exception where it is inside a guarded call of the shim. What frees a buffer never fails.
 */
#pragma once

#include "ggml-backend-impl.h"
#include "ggml-cpp.h"
#include "ggml-impl.h"
#include "ggml-rpc.h"

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#ifndef _WIN32
#    include <sys/wait.h>
#    include <unistd.h>
#endif

extern "C" {
/* In native/shim/remote.cpp. Returns true where the caller goes on; throws, or returns false where it must abort. */
GGML_API bool lf_remote_failed(const char * format, ...);

/* A dispatcher thread has waited for work: it serves this connection from now on. */
GGML_API void lf_remote_serving(const void * connection);

/* A thread has waited for an answer: throws where there is none, because the connection is lost. */
GGML_API void lf_remote_answered(const void * connection, bool freeing);
}

/* Where no parameter of rpc_dispatcher::send hides it. */
static constexpr int cmd = -1;

#undef GGML_ABORT
#define GGML_ABORT(...) (lf_remote_failed(__VA_ARGS__) ? (void) 0 : ggml_abort(__FILE__, __LINE__, __VA_ARGS__))

/*
 * condition_variable::wait(lock, predicate) is where a dispatcher waits for work, in the message queue that is its first
 * member; future::wait() is where a thread waits for a dispatcher. So `this` is the same address in both.
 */
#define wait(...) wait(__VA_ARGS__), \
    (sizeof(#__VA_ARGS__) > 1 ? lf_remote_serving(this) : lf_remote_answered(this, (int) cmd == RPC_CMD_FREE_BUFFER))
