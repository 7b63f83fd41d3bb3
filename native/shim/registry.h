// ggml's registry of backends and devices has no lock of its own: whoever adds to it excludes whoever reads it.
#pragma once

namespace lf {

// Any number at once, also nested in one thread: a progress listener may list the devices.
struct registry_reader {
    registry_reader();
    ~registry_reader();
    registry_reader(const registry_reader &) = delete;
    registry_reader & operator=(const registry_reader &) = delete;
};

// Not while this thread reads.
struct registry_writer {
    registry_writer();
    ~registry_writer();
    registry_writer(const registry_writer &) = delete;
    registry_writer & operator=(const registry_writer &) = delete;
};

} // namespace lf
