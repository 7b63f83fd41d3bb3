#include "registry.h"

#include <shared_mutex>

namespace {

std::shared_mutex mutex;
thread_local int  depth = 0;

} // namespace

namespace lf {

registry_reader::registry_reader() {
    if (depth++ == 0) {
        mutex.lock_shared();
    }
}

registry_reader::~registry_reader() {
    if (--depth == 0) {
        mutex.unlock_shared();
    }
}

registry_writer::registry_writer() { mutex.lock(); }
registry_writer::~registry_writer() { mutex.unlock(); }

} // namespace lf
