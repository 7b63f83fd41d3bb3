// Upstream reserves its graphs anew after a change of adapters, samplers or attention, inside the next decode, and counts
// the nodes of every LoRA of the model for it: the set that loading and freeing a LoRA on another thread changes.
#pragma once

#include "llama.h"

#include <mutex>

namespace lf {

// Held while a LoRA is loaded or freed, and while graphs are reserved.
std::mutex & lora_mutex();

// Reserves now what the next decode would reserve. Call it after whatever makes upstream reserve anew.
void reserve_graphs(llama_context * context);

} // namespace lf
