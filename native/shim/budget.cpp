#include "budget.h"

#include "big_stack.h"
#include "guard.h"

#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

namespace {

// For what runs between two steps, and for what an exception needs.
constexpr size_t STACK_RESERVE = 256u << 10;

// Bytes: what a step costs that allocates nothing.
constexpr int64_t STEP = 32;

struct exceeded : std::bad_alloc {};

// Why nothing more can be done.
enum class end { NONE, STACK, AT_ONCE, MEMORY, WORK };

struct account {
    lf::budget left;
    uintptr_t  stack_end;
    bool       given;
    bool       running;
    end        reached;
};

thread_local account current;

[[noreturn]] void refuse(end why) {
    current.reached = why;
    throw exceeded();
}

std::string message(end reached, const lf::budget & budget) {
    switch (reached) {
        case end::AT_ONCE:
            return "it makes a text or a list of more than " + std::to_string(budget.at_once >> 10) + " KiB";
        case end::MEMORY:
            return "it takes more than " + std::to_string(budget.memory >> 20) + " MiB of memory";
        case end::WORK:
            return "it does not end, or not soon enough: it allocated more than " + std::to_string(budget.work >> 20) + " MiB, one after the other,";
        default:
            return "it nests too deep, or calls itself without end: no stack is left";
    }
}

} // namespace

namespace lf {

void within_budget(const budget & budget, const std::function<void()> & work) {
    struct closing {
        ~closing() { current = {}; }
    } on_return;
    const char here   = 0;
    current           = {};
    current.left      = budget;
    current.stack_end = reinterpret_cast<uintptr_t>(&here) - stack_left() + STACK_RESERVE;
    current.given     = true;
    try {
        work();
    } catch (const std::exception &) {
        if (current.reached == end::NONE) {
            throw;
        }
    }
    // Upstream may have caught it, and gone on with less than the template would have made.
    if (current.reached != end::NONE) {
        throw failure{ LF_ERROR_FAILED, "the template was stopped: " + message(current.reached, budget)
            + " for an input of " + std::to_string(budget.input) + " bytes" };
    }
}

void step(int64_t bytes) {
    if (!current.running) {
        return;
    }
    const char here = 0;
    if (current.reached != end::NONE) {
        throw exceeded();
    }
    if (reinterpret_cast<uintptr_t>(&here) < current.stack_end) {
        refuse(end::STACK);
    }
    current.left.work -= bytes + STEP;
    if (current.left.work < 0) {
        refuse(end::WORK);
    }
    if (bytes > current.left.at_once) {
        refuse(end::AT_ONCE);
    }
    if (bytes > current.left.memory) {
        refuse(end::MEMORY);
    }
}

running_template::running_template() {
    current.running = current.given;
}

running_template::~running_template() {
    current.running = false;
}

} // namespace lf

// Of this library alone: nothing of it is exported. Sanitizers have their own. A C++ runtime of the system's that is shared, as
// Apple's compiler takes it, would have these for the whole process: templates are bounded by their work alone there.
#if (defined(__linux__) || defined(_WIN32) || defined(_LIBCPP_DISABLE_VISIBILITY_ANNOTATIONS)) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#    if defined(__APPLE__)
#        include <malloc/malloc.h>
#        define malloc_usable_size malloc_size
#    else
#        include <malloc.h>
#    endif
#    if defined(_WIN32)
#        define malloc_usable_size _msize
#    endif

static void * allocate(size_t size) {
    lf::step(static_cast<int64_t>(size));
    void * block = std::malloc(size == 0 ? 1 : size);
    if (!block) {
        throw std::bad_alloc();
    }
    if (current.running) {
        current.left.memory -= static_cast<int64_t>(malloc_usable_size(block));
    }
    return block;
}

static void release(void * block) {
    if (current.running && block) {
        current.left.memory += static_cast<int64_t>(malloc_usable_size(block));
    }
    std::free(block);
}

void * operator new(size_t size) { return allocate(size); }
void * operator new[](size_t size) { return allocate(size); }
void operator delete(void * block) noexcept { release(block); }
void operator delete[](void * block) noexcept { release(block); }
void operator delete(void * block, size_t) noexcept { release(block); }
void operator delete[](void * block, size_t) noexcept { release(block); }

#endif
