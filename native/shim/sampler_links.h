// The samplers of llama.cpp, made from their specs.
#pragma once

#include "llamaffm.h"

#include <memory>

namespace lf {

struct sampler_deleter {
    void operator()(llama_sampler * sampler) const { llama_sampler_free(sampler); }
};

using sampler_pointer = std::unique_ptr<llama_sampler, sampler_deleter>;

// For all types but GRAMMAR and JAVA.
sampler_pointer make_sampler(const lf_sampler_spec & spec, const llama_vocab * vocab);

// Excludes the tokens that the vocabulary suppresses; null where it suppresses none.
sampler_pointer make_suppressor(const llama_vocab * vocab);

} // namespace lf
