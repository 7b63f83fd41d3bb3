#include "unbacked.h"

#include "guard.h"
#include "log.h"

#include "ggml-backend-impl.h"
#include "ggml-backend.h"

#include <map>
#include <mutex>

namespace {

using allocator = decltype(ggml_backend_buffer_type_i::alloc_buffer);

thread_local bool active = false;

std::mutex                                      originals_mutex;
std::map<ggml_backend_buffer_type_t, allocator> originals;

// Aligned for every device. Never followed.
void * base(ggml_backend_buffer_t) {
    return reinterpret_cast<void *>(uintptr_t{ 1 } << 20);
}

// llama.cpp zeroes caches. What it would write besides is lost.
constexpr ggml_backend_buffer_i no_memory = {
    /* .free_buffer   = */ nullptr,
    /* .get_base      = */ base,
    /* .init_tensor   = */ nullptr,
    /* .memset_tensor = */ [](ggml_backend_buffer_t, ggml_tensor *, uint8_t, size_t, size_t) {},
    /* .set_tensor    = */ [](ggml_backend_buffer_t, ggml_tensor *, const void *, size_t, size_t) {},
    /* .get_tensor    = */ nullptr,
    /* .set_tensor_2d = */ nullptr,
    /* .get_tensor_2d = */ nullptr,
    /* .cpy_tensor    = */ nullptr,
    /* .clear         = */ [](ggml_backend_buffer_t, uint8_t) {},
    /* .reset         = */ nullptr,
};

ggml_backend_buffer_t allocate(ggml_backend_buffer_type_t type, size_t size) {
    if (active) {
        return ggml_backend_buffer_init(type, no_memory, nullptr, size);
    }
    allocator original;
    {
        std::lock_guard<std::mutex> lock(originals_mutex);
        original = originals.at(type);
    }
    return original(type, size);
}

// llama.cpp has a mode without memory of its own, but recurrent states and output buffers are allocated in it all the
// same, and its sizes are those of the first of three graphs. The one way in that all of them take is this pointer.
void intercept(ggml_backend_buffer_type_t type) {
    if (!type || originals.count(type)) {
        return;
    }
    originals.emplace(type, type->iface.alloc_buffer);
    type->iface.alloc_buffer = allocate;
}

} // namespace

namespace lf {

void intercept_allocations(ggml_backend_reg_t added) {
    std::lock_guard<std::mutex> lock(originals_mutex);
    for (size_t i = 0; i < ggml_backend_reg_dev_count(added); i++) {
        ggml_backend_dev_t device = ggml_backend_reg_dev_get(added, i);
        try {
            intercept(ggml_backend_dev_buffer_type(device));
            intercept(ggml_backend_dev_host_buffer_type(device));
        } catch (const failure &) {
            // A lost RPC server: whoever uses it will notice.
        }
    }
}

unbacked_buffers::unbacked_buffers() {
    active = true;
    log_quiet(true);
}

unbacked_buffers::~unbacked_buffers() {
    active = false;
    log_quiet(false);
}

} // namespace lf
