// A decode that returns at once, so that what is left of a loop is the cost of its calls (docs/call-path.md).
//
// Samplers read logits: so the first batch of one token with logits that a context gets is computed, and that row stays
// readable. Each batch of one token after it returns at once. Batches of several tokens are always computed, and the next one
// of one token again. For programs of one context: several would take the place from each other.
#include "llama.h"

#include <atomic>

namespace {

// The context whose only row of logits is that of a batch of one token.
std::atomic<llama_context *> computed{nullptr};

} // namespace

extern "C" int32_t nothing_decode(llama_context * context, llama_batch batch) {
    if (batch.n_tokens == 1 && computed.load(std::memory_order_relaxed) == context) {
        return 0;
    }
    const int32_t status = llama_decode(context, batch);
    computed = status == 0 && batch.n_tokens == 1 && batch.logits && batch.logits[0] ? context : nullptr;
    return status;
}

extern "C" void nothing_free(llama_context * context) {
    llama_context * freed = context;
    computed.compare_exchange_strong(freed, nullptr);
    llama_free(context);
}
