// The facts that Java's generated layouts must agree with, written by the compiler that built this library.
#include "llamaffm.h"

#include "ggml-backend.h"
#include "gguf.h"
#include "mtmd-helper.h"
#include "mtmd.h"

#include <cstddef>
#include <string>

extern "C" const char * lf_abi_id(void) {
    // Found in the file by tests that make a library of another ABI id.
    return LLAMAFFM_ABI_ID;
}

extern "C" const char * lf_build_info(void) {
    return LLAMAFFM_BUILD_INFO;
}

extern "C" const char * lf_abi_table(void) {
#define LF_SIZEOF(type, name)          line("sizeof", name, sizeof(type));
#define LF_OFFSETOF(type, field, name) line("offsetof", name, offsetof(type, field));
#define LF_ENUM(constant)              line("enum", #constant, (long long) (constant));
    static const std::string table = [] {
        std::string text;
        const auto  line = [&](const char * kind, const char * name, long long value) {
            text.append(kind).append(" ").append(name).append(" ").append(std::to_string(value)).append("\n");
        };
#include "abi_table.inc"
        return text;
    }();
    return table.c_str();
}
