/*
 * Included by force before llama-impl.cpp (native/core.cmake), which writes each array of a model's metadata out in full, all tokens and
 * all merges, for a line of the log that shows 40 characters of it: a sixth of the time of a load. Here it sees no more elements than
 * these can be of.
 */
#include "gguf.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

static size_t llamaffm_shown_elements(const gguf_context * metadata, int64_t key) {
    return std::min<size_t>(gguf_get_arr_n(metadata, key), 40);
}

#define gguf_get_arr_n(metadata, key) llamaffm_shown_elements(metadata, key)
