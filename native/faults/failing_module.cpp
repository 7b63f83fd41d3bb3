// A module that fails on purpose while it is loaded: what shows, on any platform, that an abort in a module and an exception
// thrown by it are errors of the call. A platform's core and modules may have a C++ run-time library each.
#include "ggml.h"
#include "ggml-backend.h"

#include <stdexcept>

#if defined(_WIN32)
#    define EXPORTED extern "C" __declspec(dllexport)
#else
#    define EXPORTED extern "C" __attribute__((visibility("default")))
#endif

namespace {

enum { THROWS, ABORTS, THROWS_A_NUMBER };

// Volatile: the compiler must not see that nothing here returns.
volatile int mode = THROWS;

} // namespace

EXPORTED void failing_module(int new_mode) { mode = new_mode; }

EXPORTED ggml_backend_reg_t ggml_backend_init(void) {
    switch (mode) {
        case THROWS:          throw std::runtime_error("thrown on purpose by a module");
        case THROWS_A_NUMBER: throw 42;
        default:              GGML_ABORT("an abort on purpose in a module");
    }
}
