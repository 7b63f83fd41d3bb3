// Allocations of upstream's C sources (native/allocations.h).
#include "guard.h"

#include "ggml-backend.h"

#include <cstdlib>
#include <new>

// Not in llamaffm.h: for upstream's sources only.
extern "C" {
LF_API void * lf_malloc(size_t size);
LF_API void * lf_calloc(size_t count, size_t size);
LF_API void * lf_realloc(void * old, size_t size);
LF_API void * lf_allocated(void * block);
LF_API ggml_backend_buffer_t lf_buffer_or_null(ggml_backend_buffer_type_t type, size_t size);
}

void * lf_allocated(void * block) {
    if (!block && lf::guarded()) {
        throw std::bad_alloc();
    }
    return block;
}

void * lf_malloc(size_t size) {
    void * block = std::malloc(size);
    return block || size == 0 ? block : lf_allocated(block);
}

void * lf_calloc(size_t count, size_t size) {
    void * block = std::calloc(count, size);
    return block || count == 0 || size == 0 ? block : lf_allocated(block);
}

void * lf_realloc(void * old, size_t size) {
    void * block = std::realloc(old, size);
    return block || size == 0 ? block : lf_allocated(block);
}

ggml_backend_buffer_t lf_buffer_or_null(ggml_backend_buffer_type_t type, size_t size) {
    try {
        return ggml_backend_buft_alloc_buffer(type, size);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}
