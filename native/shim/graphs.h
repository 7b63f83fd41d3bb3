// Upstream reserves its graphs anew after a change of adapters, samplers or attention, inside the next decode, and counts
// the nodes of every LoRA of the model for it: the set that loading and freeing a LoRA on another thread changes.
#pragma once

#include "llama.h"

#include <shared_mutex>

namespace lf {

// Held alone while a LoRA is loaded or freed, and shared while graphs are reserved, as they are for a new context too.
std::shared_mutex & lora_mutex();

// llama_init_from_model, which reserves graphs.
llama_context * new_context(llama_model * model, const llama_context_params & params);

// Reserves now what the next decode would reserve. Call it after whatever makes upstream reserve anew.
void reserve_graphs(llama_context * context);

} // namespace lf
