#include "computable.h"
#include "crew.h"
#include "device.h"
#include "freed.h"
#include "graphs.h"
#include "guard.h"
#include "registry.h"

#include "ggml-backend-impl.h"
#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "llama-context.h"

#include <atomic>

namespace {

bool poll_cancel(void * data) {
    return lf::stop_requested(static_cast<const lf_cancel *>(data));
}

// The CPU backend is a module: its own functions are found by name only.
template <typename F>
F cpu_function(const char * name) {
    ggml_backend_dev_t cpu = lf::host_device();
    void * address = cpu ? ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(cpu), name) : nullptr;
    if (!address) {
        throw lf::failure{ LF_ERROR_FAILED, std::string("the CPU backend offers no ") + name };
    }
    return reinterpret_cast<F>(address);
}

using compute_function = decltype(ggml_backend_i::graph_compute);

std::atomic<compute_function> compute_on_cpu{nullptr};

// Between the two lines the threads of the pool are in a graph, and wait in it for ever where this one does not come back.
ggml_status compute_noted(ggml_backend_t backend, ggml_cgraph * graph) {
    lf::in_graph(true);
    const ggml_status status = compute_on_cpu.load(std::memory_order_relaxed)(backend, graph);
    lf::in_graph(false);
    return status;
}

void note_graphs(llama_context * context) {
    ggml_backend_sched_t sched = context->get_sched();
    for (int i = 0; i < ggml_backend_sched_get_n_backends(sched); i++) {
        ggml_backend_t backend = ggml_backend_sched_get_backend(sched, i);
        if (ggml_backend_get_device(backend) == lf::host_device()) {
            compute_on_cpu = backend->iface.graph_compute;
            backend->iface.graph_compute = compute_noted;
        }
    }
}

} // namespace

extern "C" void lf_context_default_params(llama_context_params * out) {
    *out = llama_context_default_params();
}

extern "C" ggml_threadpool * lf_threadpool_new(const lf_threadpool_request * request) {
    return lf::guard("lf_threadpool_new", [&]() -> ggml_threadpool * {
        if (request->n_threads < 1 || request->n_threads > GGML_MAX_N_THREADS) {
            throw lf::failure{ LF_ERROR_ARGUMENT, std::to_string(request->n_threads) + " threads" };
        }
        ggml_threadpool_params params = ggml_threadpool_params_default(request->n_threads);
        params.poll                   = static_cast<uint32_t>(request->poll);
        const lf::registry_reader lock;
        auto * threadpool = cpu_function<decltype(&ggml_threadpool_new)>("ggml_threadpool_new")(&params);
        if (!threadpool) {
            throw lf::failure{ LF_ERROR_FAILED, std::to_string(request->n_threads) + " threads could not be started" };
        }
        return threadpool;
    });
}

extern "C" void lf_threadpool_free(ggml_threadpool * threadpool) {
    lf::guard("lf_threadpool_free", [&] {
        const lf::registry_reader lock;
        cpu_function<decltype(&ggml_threadpool_free)>("ggml_threadpool_free")(threadpool);
        lf::pool_freed();
    });
}

extern "C" void lf_threadpool_abandon(ggml_threadpool * threadpool) {
    lf_threadpool_free(threadpool);
}

extern "C" llama_context * lf_context_new(const lf_context_request * request) {
    return lf::guard("lf_context_new", [&]() -> llama_context * {
        const lf::registry_reader lock;
        llama_context_params params = request->params;
        params.abort_callback       = poll_cancel;
        params.abort_callback_data  = const_cast<lf_cancel *>(request->cancel);
        llama_context * context     = lf::new_context(request->model, params);
        if (!context) {
            throw lf::failure{ LF_ERROR_FAILED, "no context of " + std::to_string(params.n_ctx) + " tokens" };
        }
        try {
            lf::require_computable(*context);
        } catch (...) {
            const lf::freeing freeing;
            llama_free(context);
            throw;
        }
        // Behind what llama.cpp makes with the first context.
        static const bool once = [] {
            lf::leave_in_order();
            return true;
        }();
        (void) once;
        note_graphs(context);
        if (request->threadpool) {
            llama_attach_threadpool(context, request->threadpool, nullptr);
        }
        return context;
    });
}

extern "C" void lf_context_free(llama_context * context) {
    lf::guard("lf_context_free", [&] {
        if (lf::lost_device(context->get_model())) {
            return;
        }
        {
            const lf::freeing freeing;
            llama_free(context);
        }
        lf::give_back_freed_now_and_then();
    });
}
