// The native stack of this thread, without a symbol table and without memory of the heap.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lf {

struct stack {
    static constexpr int MAX = 64;

    uintptr_t frames[MAX];
    int       count = 0;

    // Of the calling thread, the innermost first.
    stack();

    // In a terminate handler: whether our core library or a backend module led there. True where nothing is known.
    bool is_ours() const;

    // "file+0x12af (function+0x1f)", for addr2line: the function where its name is exported.
    static void describe(uintptr_t frame, char * out, size_t size);
};

// Path of the core library; empty where it is not known.
const char * core_path();

} // namespace lf
