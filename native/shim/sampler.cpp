#include "guard.h"

#include <memory>

namespace {

struct sampler_deleter {
    void operator()(llama_sampler * sampler) const { llama_sampler_free(sampler); }
};

llama_sampler * create(const lf_sampler_spec & spec, const llama_vocab * vocab) {
    switch (spec.type) {
        case LF_SAMPLER_GREEDY:      return llama_sampler_init_greedy();
        case LF_SAMPLER_DIST:        return llama_sampler_init_dist(spec.seed);
        case LF_SAMPLER_TOP_K:       return llama_sampler_init_top_k(spec.i0);
        case LF_SAMPLER_TOP_P:       return llama_sampler_init_top_p(spec.f0, static_cast<size_t>(spec.i0));
        case LF_SAMPLER_MIN_P:       return llama_sampler_init_min_p(spec.f0, static_cast<size_t>(spec.i0));
        case LF_SAMPLER_TEMPERATURE: return llama_sampler_init_temp(spec.f0);
        case LF_SAMPLER_PENALTIES:
            return llama_sampler_init_penalties(llama_vocab_n_tokens(vocab), spec.i0, spec.f0, spec.f1, spec.f2);
        default: throw lf::failure{ LF_ERROR_ARGUMENT, "unknown sampler type " + std::to_string(spec.type) };
    }
}

} // namespace

extern "C" llama_sampler * lf_sampler_new(const lf_sampler_request * request) {
    return lf::guard("lf_sampler_new", [&]() -> llama_sampler * {
        std::unique_ptr<llama_sampler, sampler_deleter> chain(llama_sampler_chain_init({ /*no_perf*/ true }));
        for (int32_t i = 0; i < request->n_specs; i++) {
            llama_sampler * sampler = create(request->specs[i], request->vocab);
            if (!sampler) {
                throw lf::failure{ LF_ERROR_ARGUMENT, "sampler " + std::to_string(i) + " of the chain was refused" };
            }
            llama_sampler_chain_add(chain.get(), sampler);
        }
        return chain.release();
    });
}

extern "C" void lf_sampler_free(llama_sampler * sampler) {
    lf::guard("lf_sampler_free", [&] { llama_sampler_free(sampler); });
}

extern "C" int32_t lf_sampler_sample(llama_sampler * sampler, llama_context * context, int32_t index) {
    return lf::guard("lf_sampler_sample", [&]() -> int32_t { return llama_sampler_sample(sampler, context, index); });
}

extern "C" int32_t lf_sampler_accept(llama_sampler * sampler, const int32_t * tokens, int32_t n_tokens) {
    return lf::guard("lf_sampler_accept", [&]() -> int32_t {
        for (int32_t i = 0; i < n_tokens; i++) {
            llama_sampler_accept(sampler, tokens[i]);
        }
        return LF_OK;
    });
}

extern "C" int32_t lf_sampler_reset(llama_sampler * sampler) {
    return lf::guard("lf_sampler_reset", [&]() -> int32_t {
        llama_sampler_reset(sampler);
        return LF_OK;
    });
}
