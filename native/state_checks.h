/*
 * Included by force before llama-kv-cache.cpp and llama-memory-recurrent.cpp (native/core.cmake), which believe what a saved state says: they
 * allocate as much as it names cells, and keep a cell at a negative position, which nothing removes again. Here the shim sees each
 * number that they read, with the name of its variable (native/shim/state.cpp).
 */
#include "llama-batch.h"
#include "llama-context.h"
#include "llama-impl.h"
#include "llama-io.h"
#include "llama-kv-cache.h"
#include "llama-memory-recurrent.h"
#include "llama-model.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <stdexcept>
#include <unordered_map>

extern "C" void lf_state_number(const char * name, const void * value);

#define read(to, size) read(to, size), lf_state_number(#to, to)
