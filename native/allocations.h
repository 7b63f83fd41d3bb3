/*
 * Included by force before sources of ggml (native/core.cmake) that use what malloc returns without a look at it, or that
 * free a block before they know that there is another one, and so free it twice where the next allocation throws. Here a
 * failed allocation inside a guarded call of the shim is std::bad_alloc, as in all the rest of llama.cpp, and what was freed
 * is NULL (docs/upstream/unchecked-allocations.md, docs/upstream/freed-before-allocated.md).
 */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "ggml-backend.h"
#include "ggml-impl.h"

#ifdef __cplusplus
#    include <memory>
#    include <new>
#    include <string>
#    include <vector>
extern "C" {
#endif

/* In native/shim/allocation.cpp. They throw inside a guarded call, and return NULL elsewhere. */
GGML_API void * lf_malloc(size_t size);
GGML_API void * lf_calloc(size_t count, size_t size);
GGML_API void * lf_realloc(void * old, size_t size);
GGML_API void * lf_allocated(void * block);

/* NULL where ggml_backend_buft_alloc_buffer throws. */
GGML_API ggml_backend_buffer_t lf_buffer_or_null(ggml_backend_buffer_type_t type, size_t size);

#ifdef __cplusplus
}
#endif

#if defined(LLAMAFFM_UNIT_CPU)
#    define ggml_aligned_malloc(size) lf_allocated(ggml_aligned_malloc(size))
#elif defined(LLAMAFFM_UNIT_CPU_BACKEND)
/* It asks whether there is what `new` made, which only this `new` can answer with no. */
#    include "ggml-cpu.h"
#    include "repack.h"
#    include "traits.h"
#    define new new (std::nothrow)
#else
#    define malloc(size)       lf_malloc(size)
#    define realloc(old, size) lf_realloc(old, size)
#    if defined(LLAMAFFM_UNIT_ALLOC)
/* Before it asks for a vbuffer, and for the buffers in it, it frees the old one, which is NULL once there is no new one. */
#        define calloc(count, size) (strcmp(#size, "sizeof(struct vbuffer)") == 0 ? calloc(count, size) : lf_calloc(count, size))
#        define ggml_backend_buft_alloc_buffer(type, size) lf_buffer_or_null(type, size)
#    else
#        define calloc(count, size) lf_calloc(count, size)
#    endif
#    if !defined(__cplusplus)
#        define free(block) (free(block), (block) = NULL)
#    else
#        define ggml_free(context) (ggml_free(context), (context) = NULL)
#    endif
#endif
