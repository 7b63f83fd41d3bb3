#include "crew.h"

#include "crash.h"
#include "guard.h"

#include <atomic>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>
#else
#    include <pthread.h>
#endif

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
    std::mutex                       mutex;
    std::map<const void *, crew_ptr> by_condition;
};

// Never destroyed: threads may outlive main.
crews & all() {
    static auto * instance = new crews;
    return *instance;
}

thread_local crew_ptr made;      // by this thread, which is about to start its threads
thread_local crew_ptr own;       // that this thread belongs to
thread_local crew_ptr computing; // that this thread computes with, and is not one of

void enlist(const void * condition) {
    made = std::make_shared<crew>();
    const std::lock_guard<std::mutex> lock(all().mutex);
    all().by_condition[condition] = made;
}

void forget(const crew_ptr & ended) {
    const std::lock_guard<std::mutex> lock(all().mutex);
    for (auto it = all().by_condition.begin(); it != all().by_condition.end(); ++it) {
        if (it->second == ended) {
            all().by_condition.erase(it);
            return;
        }
    }
}

void begin_to_compute(const void * condition) {
    const std::lock_guard<std::mutex> lock(all().mutex);
    const auto                        found = all().by_condition.find(condition);
    computing = found == all().by_condition.end() ? nullptr : found->second;
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

// By now it is known by what was woken last.
void pool_freed() {
    if (::computing) {
        forget(::computing);
        ::computing.reset();
    }
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

// What stands in for functions of the system in ggml-cpu.c (native/compute_threads.h).
#if defined(_WIN32)

namespace {

struct start {
    crew_ptr               of;
    LPTHREAD_START_ROUTINE work;
    void *                 argument;
};

DWORD WINAPI run(void * data) {
    const std::unique_ptr<start> start(static_cast<struct start *>(data));
    own = start->of;
    try {
        const DWORD result = start->work(start->argument);
        // It ends only with its pool. Not where it deserts: who computes may be about to look for the crew, and would wait for ever.
        forget(start->of);
        return result;
    } catch (const desertion &) {
        return 0;
    }
}

} // namespace

extern "C" {

LF_API void   lf_crew_made(const void * condition);
LF_API void   lf_crew_computes(const void * condition);
LF_API HANDLE lf_crew_thread(LPTHREAD_START_ROUTINE work, void * argument);

void lf_crew_made(const void * condition) { enlist(condition); }
void lf_crew_computes(const void * condition) { begin_to_compute(condition); }

HANDLE lf_crew_thread(LPTHREAD_START_ROUTINE work, void * argument) {
    auto         data   = std::make_unique<start>(start{ made, work, argument });
    const HANDLE thread = CreateThread(nullptr, 0, run, data.get(), 0, nullptr);
    if (thread) {
        data.release();
    }
    return thread;
}

} // extern "C"

#else

namespace {

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

#    if !defined(__GLIBC__)

// What glibc gives a thread; musl gives it 128 KiB, macOS 512.
constexpr size_t STACK = 8 << 20;

int create_thread(pthread_t * out, const pthread_attr_t * attributes, void * data) {
    pthread_attr_t large;
    if (attributes || pthread_attr_init(&large) != 0) {
        return pthread_create(out, attributes, run, data);
    }
    pthread_attr_setstacksize(&large, STACK);
    const int result = pthread_create(out, &large, run, data);
    pthread_attr_destroy(&large);
    return result;
}

#    else

int create_thread(pthread_t * out, const pthread_attr_t * attributes, void * data) {
    return pthread_create(out, attributes, run, data);
}

#    endif

} // namespace

extern "C" {

LF_API int lf_crew_cond_init(pthread_cond_t * cond, const pthread_condattr_t * attributes);
LF_API int lf_crew_cond_destroy(pthread_cond_t * cond);
LF_API int lf_crew_cond_broadcast(pthread_cond_t * cond);
LF_API int lf_crew_thread(pthread_t * out, const pthread_attr_t * attributes, void * (*work)(void *), void * argument);

int lf_crew_cond_init(pthread_cond_t * cond, const pthread_condattr_t * attributes) {
    enlist(cond);
    return pthread_cond_init(cond, attributes);
}

int lf_crew_cond_destroy(pthread_cond_t * cond) {
    const std::lock_guard<std::mutex> lock(all().mutex);
    all().by_condition.erase(cond);
    return pthread_cond_destroy(cond);
}

int lf_crew_cond_broadcast(pthread_cond_t * cond) {
    begin_to_compute(cond);
    return pthread_cond_broadcast(cond);
}

int lf_crew_thread(pthread_t * out, const pthread_attr_t * attributes, void * (*work)(void *), void * argument) {
    auto      data   = std::make_unique<start>(start{ made, work, argument });
    const int result = create_thread(out, attributes, data.get());
    if (result == 0) {
        data.release();
    }
    return result;
}

} // extern "C"

#endif

extern "C" LF_API void lf_crew_waiting(void);

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
