// The threads of one ggml thread pool. An abort on one of them cannot be caught where it happens: it ends that thread, and fails the
// call that computes.
#pragma once

namespace lf {

// Whether this thread is one of a pool.
bool on_crew();

// Ends this thread of a pool, and sends all others of it out of the graph.
[[noreturn]] void desert_crew(const char * message);

// Forgets the pool that this thread has just freed; its threads have ended.
void pool_freed();

// Around what computes graphs. Where an exception leaves a graph, it sends the pool's threads out of the graph: they would wait in it for ever.
class computing {
public:
    computing();
    ~computing();
    computing(const computing &)             = delete;
    computing & operator=(const computing &) = delete;

private:
    int exceptions;
};

} // namespace lf
