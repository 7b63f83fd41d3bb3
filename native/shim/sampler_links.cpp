#include "sampler_links.h"

#include "guard.h"

#include <cmath>
#include <vector>

namespace {

llama_sampler * excluding(const llama_vocab * vocab, const std::vector<llama_logit_bias> & biases) {
    return llama_sampler_init_logit_bias(llama_vocab_n_tokens(vocab), static_cast<int32_t>(biases.size()), biases.data());
}

llama_sampler * excluding_ends(const llama_vocab * vocab) {
    std::vector<llama_logit_bias> biases;
    for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); token++) {
        if (llama_vocab_is_eog(vocab, token)) {
            biases.push_back({ token, -INFINITY });
        }
    }
    return excluding(vocab, biases);
}

llama_sampler * infill(const llama_vocab * vocab) {
    if (llama_vocab_eot(vocab) == LLAMA_TOKEN_NULL && llama_vocab_eos(vocab) == LLAMA_TOKEN_NULL) {
        throw lf::failure{ LF_ERROR_ARGUMENT, "infill needs a vocabulary with an end-of-turn or end-of-sequence token" };
    }
    return llama_sampler_init_infill(vocab);
}

llama_sampler * create(const lf_sampler_spec & spec, const llama_vocab * vocab) {
    const int32_t n_vocab  = llama_vocab_n_tokens(vocab);
    const size_t  min_keep = static_cast<size_t>(spec.i0);
    switch (spec.type) {
        case LF_SAMPLER_GREEDY:          return llama_sampler_init_greedy();
        case LF_SAMPLER_DIST:            return llama_sampler_init_dist(spec.seed);
        case LF_SAMPLER_TOP_K:           return llama_sampler_init_top_k(spec.i0);
        case LF_SAMPLER_TOP_P:           return llama_sampler_init_top_p(spec.f0, min_keep);
        case LF_SAMPLER_MIN_P:           return llama_sampler_init_min_p(spec.f0, min_keep);
        case LF_SAMPLER_TEMPERATURE:     return llama_sampler_init_temp(spec.f0);
        case LF_SAMPLER_PENALTIES:       return llama_sampler_init_penalties(n_vocab, spec.i0, spec.f0, spec.f1, spec.f2);
        case LF_SAMPLER_TYPICAL:         return llama_sampler_init_typical(spec.f0, min_keep);
        case LF_SAMPLER_TEMPERATURE_EXT: return llama_sampler_init_temp_ext(spec.f0, spec.f1, spec.f2);
        case LF_SAMPLER_XTC:             return llama_sampler_init_xtc(spec.f0, spec.f1, min_keep, spec.seed);
        case LF_SAMPLER_TOP_N_SIGMA:     return llama_sampler_init_top_n_sigma(spec.f0);
        case LF_SAMPLER_MIROSTAT:        return llama_sampler_init_mirostat(n_vocab, spec.seed, spec.f0, spec.f1, spec.i0);
        case LF_SAMPLER_MIROSTAT_V2:     return llama_sampler_init_mirostat_v2(spec.seed, spec.f0, spec.f1);
        case LF_SAMPLER_ADAPTIVE_P:      return llama_sampler_init_adaptive_p(spec.f0, spec.f1, spec.seed);
        case LF_SAMPLER_NO_END:          return excluding_ends(vocab);
        case LF_SAMPLER_INFILL:          return infill(vocab);
        case LF_SAMPLER_LOGIT_BIAS:
            return llama_sampler_init_logit_bias(n_vocab, spec.n, static_cast<const llama_logit_bias *>(spec.data));
        case LF_SAMPLER_DRY: {
            const auto * breakers = static_cast<const char * const *>(spec.data);
            return llama_sampler_init_dry(vocab, spec.f0, spec.f1, spec.i0, spec.i1, const_cast<const char **>(breakers),
                                          static_cast<size_t>(spec.n));
        }
        default: throw lf::failure{ LF_ERROR_ARGUMENT, "unknown sampler type " + std::to_string(spec.type) };
    }
}

} // namespace

namespace lf {

sampler_pointer make_sampler(const lf_sampler_spec & spec, const llama_vocab * vocab) {
    return sampler_pointer(create(spec, vocab));
}

sampler_pointer make_suppressor(const llama_vocab * vocab) {
    int32_t             count  = 0;
    const llama_token * tokens = llama_vocab_get_suppress_tokens(vocab, &count);
    if (count == 0) {
        return nullptr;
    }
    std::vector<llama_logit_bias> biases;
    for (int32_t i = 0; i < count; i++) {
        biases.push_back({ tokens[i], -INFINITY });
    }
    return sampler_pointer(excluding(vocab, biases));
}

} // namespace lf
