// Buffers without memory: llama.cpp builds a real context on them, so that its sizes are those of a real context.
#pragma once

namespace lf {

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
