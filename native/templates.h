/*
 * Included by force before the sources of upstream that run templates (native/core.cmake). Each run is bounded by what it
 * allocates (native/shim/budget.h), and streams do not swallow the exception that says so.
 */
#pragma once

#include <cstddef>

/* Of texts too: by code that is compiled here, where that of libstdc++ would allocate with an operator new of its own. */
#if defined(_GLIBCXX_EXTERN_TEMPLATE)
#    undef _GLIBCXX_EXTERN_TEMPLATE
#    define _GLIBCXX_EXTERN_TEMPLATE -1
#endif

#include <sstream>
#include <string_view>
#include <type_traits>

#include "shim/budget.h"

namespace std {

// Where values write themselves, one inside the other, hardly anything is allocated on the way down.
struct llamaffm_ostringstream : ostringstream {
    llamaffm_ostringstream() {
        lf::step(0);
        exceptions(badbit);
    }
};

template <typename T>
llamaffm_ostringstream & operator<<(llamaffm_ostringstream & stream, const T & value) {
    if constexpr (is_convertible_v<const T &, string_view>) {
        lf::step(static_cast<int64_t>(string_view(value).size()));
    } else {
        lf::step(0);
    }
    static_cast<ostringstream &>(stream) << value;
    return stream;
}

} // namespace std

#define ostringstream llamaffm_ostringstream

#include "jinja/runtime.h"

namespace jinja {

// What walks through values that hold each other asks this of each of them.
template <typename T>
bool counted_is_val(const value & val) {
    lf::step(0);
    return is_val<T>(val);
}

struct bounded_runtime : runtime {
    using runtime::runtime;

    value_array execute(const program & prog) {
        const lf::running_template running;
        return runtime::execute(prog);
    }

    static value_string gather_string_parts(const value & val) {
        const lf::running_template running;
        return runtime::gather_string_parts(val);
    }

    // Where upstream defines it, it has this name too.
    static std::string debug_dump_program(const program & prog, const std::string & src);
};

} // namespace jinja

#define is_val  counted_is_val
#define runtime bounded_runtime
