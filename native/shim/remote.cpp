// What becomes of a failure in the RPC module (native/rpc_failures.h).
#include "guard.h"
#include "registry.h"
#include "unbacked.h"

#include "ggml-backend.h"
#include "ggml-rpc.h"

#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <exception>
#include <mutex>
#include <set>

namespace {

// What RPC_STATUS_ASSERT says: the one failure that also happens on a dispatcher thread.
constexpr const char * LOST = "Remote RPC server crashed or returned malformed response";

std::mutex             mutex;
std::set<const void *> lost_connections;
std::atomic<size_t>    n_lost{0};
std::atomic<bool>      added{false};

thread_local const void * served     = nullptr;
thread_local int          free_depth = 0;

bool is_lost(const void * connection) {
    const std::lock_guard<std::mutex> lock(mutex);
    return lost_connections.count(connection) > 0;
}

void set_lost(const void * connection, bool lost) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (lost) {
        lost_connections.insert(connection);
    } else {
        lost_connections.erase(connection);
    }
    n_lost = lost_connections.size();
}

[[noreturn]] void fail(std::string message) {
    message.erase(message.find_last_not_of(" \n") + 1);
    throw lf::failure{ LF_ERROR_REMOTE, "RPC: " + message };
}

} // namespace

// Not in llamaffm.h: for the RPC module only.
extern "C" LF_API bool lf_remote_failed(const char * format, ...);
extern "C" LF_API void lf_remote_serving(const void * connection);
extern "C" LF_API void lf_remote_answered(const void * connection, bool freeing);

bool lf_remote_failed(const char * format, ...) {
    if (served && strcmp(format, LOST) == 0) {
        set_lost(served, true);
        return true;
    }
    if (!lf::guarded() || strncmp(format, "GGML_ASSERT", 11) == 0) {
        return false;
    }
    char    text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fail(text);
}

void lf_remote_serving(const void * connection) {
    if (served != connection) {
        // A new dispatcher, perhaps where a lost one was.
        served = connection;
        set_lost(connection, false);
    }
}

void lf_remote_answered(const void * connection, bool freeing) {
    // Destructors must not throw, least of all while an exception passes by.
    if (n_lost.load() > 0 && !freeing && lf::may_throw() && is_lost(connection)) {
        fail("the connection to a server is lost");
    }
}

void lf::await_remote_results(llama_context * context) {
    if (added.load(std::memory_order_relaxed)) {
        llama_synchronize(context);
    }
}

lf::freeing::freeing() { free_depth++; }
lf::freeing::~freeing() { free_depth--; }
bool lf::is_freeing() { return free_depth > 0; }

extern "C" int32_t lf_rpc_add_server(const char * endpoint) {
    return lf::guard("lf_rpc_add_server", [&]() -> int32_t {
        using add_server = decltype(&ggml_backend_rpc_add_server);
        ggml_backend_reg_t rpc;
        {
            const lf::registry_reader lock;
            rpc = ggml_backend_reg_by_name("RPC");
        }
        void * address = rpc ? ggml_backend_reg_get_proc_address(rpc, "ggml_backend_rpc_add_server") : nullptr;
        if (!address) {
            throw lf::failure{ LF_ERROR_FAILED, "the RPC module is not loaded" };
        }
        ggml_backend_reg_t server = reinterpret_cast<add_server>(address)(endpoint);
        if (!server) {
            fail(std::string(endpoint) + " has no devices");
        }
        lf::intercept_allocations(server);
        const lf::registry_writer lock;
        ggml_backend_register(server);
        added = true;
        return static_cast<int32_t>(ggml_backend_reg_dev_count(server));
    });
}
