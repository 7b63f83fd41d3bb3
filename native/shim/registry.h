// ggml's registry of backends and devices has no lock of its own: whoever adds to it excludes whoever reads it.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace lf {

std::shared_mutex & registry_mutex();

// Not to be nested.
struct registry_reader {
    std::shared_lock<std::shared_mutex> lock{ registry_mutex() };
};

struct registry_writer {
    std::unique_lock<std::shared_mutex> lock{ registry_mutex() };
};

} // namespace lf
