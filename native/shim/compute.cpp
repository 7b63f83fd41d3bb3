#include "crew.h"
#include "graphs.h"
#include "guard.h"

// What a context computes, and what comes out of it.

namespace {

int32_t with_results(llama_context * context, int32_t status) {
    if (status == 0) {
        lf::await_remote_results(context);
    }
    return status;
}

int32_t found(lf_row_request & request, const float * data, const char * what) {
    request.data = data;
    if (!data) {
        throw lf::failure{ LF_ERROR_FAILED, "row " + std::to_string(request.row) + " has no " + what };
    }
    return LF_OK;
}

} // namespace

extern "C" int32_t lf_decode(llama_context * context, const llama_batch * batch) {
    return lf::guard("lf_decode", [&] {
        const lf::computing scope;
        return with_results(context, lf::returned("llama_decode", llama_decode(context, *batch)));
    });
}

extern "C" int32_t lf_encode(llama_context * context, const llama_batch * batch) {
    return lf::guard("lf_encode", [&] {
        const lf::computing scope;
        return with_results(context, lf::returned("llama_encode", llama_encode(context, *batch)));
    });
}

extern "C" int32_t lf_set_causal(llama_context * context, int32_t causal) {
    return lf::guard("lf_set_causal", [&]() -> int32_t {
        llama_set_causal_attn(context, causal != 0);
        lf::reserve_graphs(context);
        return LF_OK;
    });
}

extern "C" int32_t lf_logits(lf_row_request * request) {
    return lf::guard("lf_logits", [&] {
        return found(*request, llama_get_logits_ith(request->context, request->row), "logits");
    });
}

extern "C" int32_t lf_embedding(lf_row_request * request) {
    return lf::guard("lf_embedding", [&] {
        return found(*request, llama_get_embeddings_ith(request->context, request->row), "embedding");
    });
}

extern "C" int32_t lf_pooled_embedding(lf_row_request * request) {
    return lf::guard("lf_pooled_embedding", [&] {
        return found(*request, llama_get_embeddings_seq(request->context, request->row), "pooled embedding");
    });
}

extern "C" int32_t lf_perf_read(llama_context * context, lf_perf * out) {
    return lf::guard("lf_perf_read", [&]() -> int32_t {
        llama_synchronize(context);
        const llama_perf_context_data data = llama_perf_context(context);
        *out = {
            data.t_load_ms,
            data.t_p_eval_ms,
            data.t_eval_ms,
            data.n_p_eval == 1 && data.t_p_eval_ms == 0 ? 0 : data.n_p_eval,
            data.n_eval == 1 && data.t_eval_ms == 0 ? 0 : data.n_eval,
            data.n_reused,
            0,
        };
        return LF_OK;
    });
}
