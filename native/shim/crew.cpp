#include "crew.h"

#include "crash.h"
#include "guard.h"

#include <exception>

#if defined(_WIN32)

namespace lf {

bool on_crew() {
    return false;
}

void desert_crew(const char *) {
    std::terminate();
}

computing::computing() : exceptions(0) {}

computing::~computing() = default;

} // namespace lf

#else

#    include <atomic>
#    include <cstdio>
#    include <map>
#    include <memory>
#    include <mutex>
#    include <pthread.h>
#    include <string>

namespace {

struct crew {
    std::atomic<bool> broken{ false };
    std::mutex        mutex;
    std::string       message;

    void end(const char * why) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!broken.load()) {
            message = why;
            broken  = true;
        }
    }

    std::string why() {
        const std::lock_guard<std::mutex> lock(mutex);
        return message;
    }
};
using crew_ptr = std::shared_ptr<crew>;

// Not a std::exception: nothing on the way catches it.
struct desertion {};

// A pool is known by its condition, which is made with it and on which it wakes its threads for a graph.
struct crews {
    std::mutex                                 mutex;
    std::map<const pthread_cond_t *, crew_ptr> by_condition;
};

// Never destroyed: threads may outlive main.
crews & all() {
    static auto * instance = new crews;
    return *instance;
}

thread_local crew_ptr made;      // by this thread, which is about to start its threads
thread_local crew_ptr own;       // that this thread belongs to
thread_local crew_ptr computing; // that this thread computes with, and is not one of

struct start {
    crew_ptr of;
    void * (*work)(void *);
    void * argument;
};

void * run(void * data) {
    const std::unique_ptr<start> start(static_cast<struct start *>(data));
    own = start->of;
    try {
        return start->work(start->argument);
    } catch (const desertion &) {
        return nullptr;
    }
}

} // namespace

namespace lf {

bool on_crew() {
    return own != nullptr;
}

void desert_crew(const char * message) {
    own->end(message);
    throw desertion{};
}

computing::computing() : exceptions(std::uncaught_exceptions()) {
    ::computing.reset();
}

computing::~computing() {
    if (::computing && lf::left_in_graph() && std::uncaught_exceptions() > exceptions) {
        ::computing->end("another thread left the graph");
    }
    ::computing.reset();
}

} // namespace lf

// What stands in for the functions of pthread.h in ggml-cpu.c (native/compute_threads.h).
extern "C" {

LF_API int  lf_crew_cond_init(pthread_cond_t * cond, const pthread_condattr_t * attributes);
LF_API int  lf_crew_cond_destroy(pthread_cond_t * cond);
LF_API int  lf_crew_cond_broadcast(pthread_cond_t * cond);
LF_API int  lf_crew_thread(pthread_t * out, const pthread_attr_t * attributes, void * (*work)(void *), void * argument);
LF_API void lf_crew_waiting(void);

int lf_crew_cond_init(pthread_cond_t * cond, const pthread_condattr_t * attributes) {
    made = std::make_shared<crew>();
    const std::lock_guard<std::mutex> lock(all().mutex);
    all().by_condition[cond] = made;
    return pthread_cond_init(cond, attributes);
}

int lf_crew_cond_destroy(pthread_cond_t * cond) {
    const std::lock_guard<std::mutex> lock(all().mutex);
    all().by_condition.erase(cond);
    return pthread_cond_destroy(cond);
}

int lf_crew_cond_broadcast(pthread_cond_t * cond) {
    {
        const std::lock_guard<std::mutex> lock(all().mutex);
        const auto                        found = all().by_condition.find(cond);
        computing = found == all().by_condition.end() ? nullptr : found->second;
    }
    return pthread_cond_broadcast(cond);
}

int lf_crew_thread(pthread_t * out, const pthread_attr_t * attributes, void * (*work)(void *), void * argument) {
    auto      data   = std::make_unique<start>(start{ made, work, argument });
    const int result = pthread_create(out, attributes, run, data.get());
    if (result == 0) {
        data.release();
    }
    return result;
}

// Now and then from a thread that waits for the others of its graph.
void lf_crew_waiting(void) {
    if (own) {
        if (own->broken.load(std::memory_order_relaxed)) {
            throw desertion{};
        }
    } else if (computing && computing->broken.load(std::memory_order_relaxed)) {
        const std::string why = computing->why();
        if (lf::guarded()) {
            lf::abort_error error;
            snprintf(error.message, sizeof error.message, "%s", why.c_str());
            throw error;
        }
        lf::last_words(why.c_str());
    }
}

} // extern "C"

#endif
