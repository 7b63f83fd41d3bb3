// What templates may cost. Upstream sets no bound: they loop, multiply and recurse as they like, and come with files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace lf {

// In bytes, where this library can count them: on Linux. Elsewhere only steps are.
struct budget {
    int64_t input;   // the length of what templates are given: all else depends on it
    int64_t memory;  // at any moment
    int64_t at_once; // for one text or list: searching and replacing in them takes time that is not counted
    int64_t work;    // all that is allocated, what was freed since included
};

// Runs work that runs templates on this thread, and throws a failure that says why once they have spent their budget, or
// have hardly any stack left.
void within_budget(const budget & budget, const std::function<void()> & work);

// Of a running template, which may allocate so much; throws where it may not. Nothing where none runs.
void step(int64_t bytes);

// While a template runs: only then may what allocates throw, and nothing that allocates is a destructor.
struct running_template {
    running_template();
    ~running_template();
    running_template(const running_template &) = delete;
    running_template & operator=(const running_template &) = delete;
};

} // namespace lf
