// Whether ggml's kernels take the types of a model's weights. Where they do not, they abort on the threads that compute, where
// nothing can catch that, or call through a NULL pointer.
#pragma once

struct llama_context;

namespace lf {

// Throws where a weight of the graph that was reserved last has a type that its operation does not take.
void require_computable(const llama_context & context);

} // namespace lf
