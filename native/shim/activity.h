// What each thread does in native code, readable by any other at any moment: for last words.
#pragma once

#include <cstdint>

namespace lf {

// Around the outermost guarded call of a thread.
void begin_activity(const char * operation);
void end_activity();

// NULL: no guarded call is on this thread.
const char * current_activity();

// The system's number of this thread, as tools such as `top -H` and jstack's nid show it.
int64_t thread_number();

// The name of a thread as the system knows it, at most 15 characters; empty where it cannot be asked.
void thread_name(int64_t number, char (&out)[32]);

// Calls with each thread that is inside a guarded call, in no order.
template <typename F>
void for_each_activity(F && visit);

struct activity_view {
    const char * operation;
    int64_t      thread;
};

// The index-th place in the table; false behind the last one. An empty place has no operation.
bool activity_at(int index, activity_view & out);

template <typename F>
void for_each_activity(F && visit) {
    activity_view view;
    for (int i = 0; activity_at(i, view); i++) {
        if (view.operation) {
            visit(view);
        }
    }
}

} // namespace lf
