// Runs work whose native recursion grows with its input on a thread with a large, lazily committed stack.
#pragma once

#include <cstddef>
#include <functional>

namespace lf {

// How much larger frames are than those that stacks are measured for: sanitizers put room between variables.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t FRAME_FACTOR = 8;
#else
constexpr size_t FRAME_FACTOR = 1;
#endif

// Bytes that are left of the stack of this thread; 0 where that cannot be told.
size_t stack_left();

// Blocks until the work is done. Work must not throw. False: no such thread could be made.
bool run_on_big_stack(size_t stack_bytes, const std::function<void()> & work);

// The same for work that may throw, inside a guarded call: what it throws there fails the call here.
void guarded_on_big_stack(const char * operation, size_t stack_bytes, const std::function<void()> & work);

} // namespace lf
