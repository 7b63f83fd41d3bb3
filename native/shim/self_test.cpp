#include "device.h"
#include "guard.h"

#include "ggml-backend.h"
#include "ggml-cpp.h"
#include "ggml-cpu.h"

#include <stdexcept>

// Failures on purpose, each as it would come about: what shows that the guard and the last words work in this process.

namespace {

constexpr int WORKERS = 4;

void abort_on_worker(ggml_tensor *, const ggml_tensor *, int thread, int, void *) {
    if (thread > 0) {
        GGML_ABORT("self-test: an abort on a worker thread");
    }
}

void throw_on_worker(ggml_tensor *, const ggml_tensor *, int thread, int, void *) {
    if (thread > 0) {
        throw std::runtime_error("self-test: an exception on a worker thread");
    }
}

// One node of a graph on all threads of a CPU backend; the calling thread is number 0 and waits for the others.
void compute(ggml_custom1_op_t operation) {
    ggml_backend_ptr backend(ggml_backend_dev_init(lf::host_device(), nullptr));
    auto * registry  = ggml_backend_dev_backend_reg(lf::host_device());
    auto   n_threads = reinterpret_cast<ggml_backend_set_n_threads_t>(
        ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads"));
    n_threads(backend.get(), WORKERS);
    ggml_context_ptr context(ggml_init({ 1 << 20, nullptr, false }));
    ggml_tensor *    input = ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, 64);
    ggml_cgraph *    graph = ggml_new_graph(context.get());
    ggml_build_forward_expand(graph, ggml_map_custom1(context.get(), input, operation, WORKERS, nullptr));
    ggml_backend_graph_compute(backend.get(), graph);
}

void abort_without_way_out() noexcept {
    GGML_ABORT("self-test: an abort in a function that must not throw");
}

void free_and_abort() {
    struct aborting {
        ~aborting() { GGML_ABORT("self-test: an abort in a destructor"); }
    };
    const lf::freeing freeing;
    aborting();
}

// Volatile: the compiler must not see what it can only be.
volatile int                  zero     = 0;
volatile int                  dividend = 1000;
volatile int * const volatile nowhere  = reinterpret_cast<volatile int *>(16);

} // namespace

namespace lf {

// Not in the namespace above: the compiler would know all classes that there are, and call the one function.
struct undefined {
    undefined() {
        undefined * volatile self = this;
        self->function();
    }
    virtual ~undefined() = default;
    virtual void function() = 0;
};

struct defined : undefined {
    void function() override {}
};

} // namespace lf

extern "C" int32_t lf_self_test(int32_t kind) {
    if (kind == LF_SELF_TEST_UNGUARDED_ABORT) {
        GGML_ABORT("self-test: an abort that cannot be caught");
    }
    return lf::guard("lf_self_test", [&]() -> int32_t {
        switch (kind) {
            case LF_SELF_TEST_ABORT:            GGML_ABORT("self-test: abort");
            case LF_SELF_TEST_EXCEPTION:        throw std::runtime_error("self-test: exception");
            case LF_SELF_TEST_UNKNOWN:          throw 42;
            case LF_SELF_TEST_WORKER_ABORT:     compute(abort_on_worker); break;
            case LF_SELF_TEST_WORKER_EXCEPTION: compute(throw_on_worker); break;
            case LF_SELF_TEST_NOEXCEPT_ABORT:   abort_without_way_out(); break;
            case LF_SELF_TEST_PURE_VIRTUAL:     lf::defined(); break;
            case LF_SELF_TEST_SEGV:             *nowhere = 1; break;
            case LF_SELF_TEST_FPE:              return dividend / zero;
            case LF_SELF_TEST_FREEING:          free_and_abort(); break;
            default:                            throw lf::failure{ LF_ERROR_ARGUMENT, "unknown kind " + std::to_string(kind) };
        }
        throw lf::failure{ LF_ERROR_FAILED, "self-test: nothing failed" };
    });
}
