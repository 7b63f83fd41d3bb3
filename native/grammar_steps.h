/*
 * Included by force before llama-grammar.cpp (native/core.cmake). Where a grammar can go on in many ways, the number of its stacks multiplies
 * with each character, and each new one is looked for among all that are there: some grammars of one line never come back from the first
 * token. Here each such search is counted, and the shim ends a call that has made too many (native/shim/grammar.cpp).
 */
#include "llama-grammar.h"
#include "llama-impl.h"
#include "llama-sampler.h"
#include "llama-vocab.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <stdexcept>

extern "C" void lf_grammar_searches(int64_t stacks);

template <typename T>
T llamaffm_count(T begin, T end) {
    lf_grammar_searches(static_cast<int64_t>(end - begin) + 1);
    return begin;
}

// std::find has three arguments, what is a member of a map has one.
#define LLAMAFFM_FIND_1(value)             find(value)
#define LLAMAFFM_FIND_3(begin, end, value) find(llamaffm_count(begin, end), end, value)
#define LLAMAFFM_PICK(_1, _2, _3, name, ...) name
#define find(...)                          LLAMAFFM_PICK(__VA_ARGS__, LLAMAFFM_FIND_3, , LLAMAFFM_FIND_1, )(__VA_ARGS__)
