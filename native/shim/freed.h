// What becomes of memory that was freed.
#pragma once

namespace lf {

// Gives back to the system what the allocator keeps of freed memory. A model and its contexts leave blocks of many megabytes between
// small ones that stay: on machines with many cores, where many heaps take turns, a process that loads again and again grew by
// megabytes each time. Takes milliseconds.
void give_back_freed();

// The same, but once a second at most: contexts may come and go by the thousand.
void give_back_freed_now_and_then();

} // namespace lf
