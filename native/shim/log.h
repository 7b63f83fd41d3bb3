// The log ring: native log lines wait here until Java drains them.
#pragma once

#include <cstdint>
#include <string>

namespace lf {

// Becomes llama.cpp's and ggml's logger; lines below the level are dropped.
void log_install(int32_t level);

// Error and warning lines that this thread logged since the last reset; they travel with the error of the call.
void        log_reset_recent();
const std::string & log_recent();

// Allocates what is local to this thread.
void log_prepare_thread();

// The end of a guarded call. What it logged in errors and warnings waits for that: where it failed, its exception carries
// those lines, and they are no errors for the log.
void log_end_call(bool failed);

// Whether what this thread logs stays out of the ring.
void log_quiet(bool quiet);

} // namespace lf
