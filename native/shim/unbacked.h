// Buffers without memory: llama.cpp builds a real context on them, so that its sizes are those of a real context.
#pragma once

#include "ggml-backend.h"

namespace lf {

// For devices that are added, before anyone can allocate on them: what it changes is read without a lock.
void intercept_allocations(ggml_backend_reg_t added);

// While it lives, this thread's buffers on any device have a size and no memory, and what it logs stays out of the ring.
// Other threads do not notice. Nothing may compute with such a buffer; freeing it later is fine.
class unbacked_buffers {
public:
    unbacked_buffers();
    ~unbacked_buffers();
    unbacked_buffers(const unbacked_buffers &) = delete;
    unbacked_buffers & operator=(const unbacked_buffers &) = delete;
};

} // namespace lf
