// What becomes of memory that was freed.
#pragma once

namespace lf {

// Gives back to the system what the allocator keeps of freed memory. A model and its contexts leave blocks of many megabytes between
// small ones that stay: on machines with many cores, where many heaps take turns, a process that loads again and again grew by
// megabytes each time. Takes 1 to 3 milliseconds for a heap of 200 MB, and each heap's lock in turn.
void give_back_freed();

// The same, but once a second at most: contexts, and models that were only planned with, may come and go by the thousand.
void give_back_freed_now_and_then();

} // namespace lf
