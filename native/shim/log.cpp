#include "log.h"

#include "guard.h"

#include "mtmd.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <vector>

namespace {

constexpr size_t MAX_LINE   = 4096;
constexpr size_t MAX_RING   = 256 * 1024;
constexpr size_t MAX_RECENT = 4096;
constexpr size_t MAX_HELD   = 256;
constexpr size_t KEPT_RECENT = 256; // where there is no memory for more

struct line {
    int32_t     level;
    std::string text;
};

std::mutex           ring_mutex;
std::deque<line>     ring;
size_t               ring_bytes = 0;
int64_t              dropped    = 0;
std::atomic<int64_t> written{0};
std::atomic<int32_t> lowest_level{GGML_LOG_LEVEL_WARN};

// llama.cpp logs a line in pieces, and later pieces come with the level CONT.
thread_local std::string partial;
thread_local int32_t     partial_level = GGML_LOG_LEVEL_INFO;
thread_local std::string recent;
thread_local bool        quiet = false;

// Of the call under way: from its first warning on, in order.
thread_local std::vector<line> held;

void to_ring(int32_t level, std::string text) {
    std::lock_guard<std::mutex> lock(ring_mutex);
    const size_t size = text.size();
    ring.push_back({ level, std::move(text) });
    ring_bytes += size;
    while (ring_bytes > MAX_RING) {
        ring_bytes -= ring.front().text.size();
        ring.pop_front();
        dropped++;
    }
    written.fetch_add(1, std::memory_order_release);
}

void push(int32_t level, std::string text) {
    if (level >= GGML_LOG_LEVEL_WARN && recent.size() + text.size() < MAX_RECENT) {
        recent += '\n';
        recent += text;
    }
    if (quiet || level < lowest_level.load(std::memory_order_relaxed)) {
        return;
    }
    if (lf::guarded() && held.size() < MAX_HELD && (level >= GGML_LOG_LEVEL_WARN || !held.empty())) {
        held.push_back({ level, std::move(text) });
        return;
    }
    to_ring(level, std::move(text));
}

void log_callback(ggml_log_level level, const char * text, void *) {
    try {
        if (level != GGML_LOG_LEVEL_CONT) {
            if (!partial.empty()) {
                push(partial_level, std::move(partial));
                partial.clear();
            }
            partial_level = level;
        }
        for (const char * p = text; *p;) {
            const char * end = strchr(p, '\n');
            partial.append(p, end ? end - p : strlen(p));
            if (partial.size() > MAX_LINE) {
                partial.resize(MAX_LINE);
            }
            if (!end) {
                break;
            }
            if (!partial.empty()) {
                push(partial_level, std::move(partial));
                partial.clear();
            }
            p = end + 1;
        }
    } catch (...) {
        // out of memory while logging: the line is lost, the program goes on
    }
}

} // namespace

namespace lf {

void log_install(int32_t level) {
    lowest_level = level;
    // Other threads log already when the level changes.
    static const bool once = [] {
        llama_log_set(log_callback, nullptr);
        mtmd_log_set(log_callback, nullptr);
        return true;
    }();
    (void) once;
}

void log_reset_recent() {
    recent.clear();
}

const std::string & log_recent() {
    return recent;
}

void log_end_call(bool failed) {
    for (line & next : held) {
        if (failed) {
            next.level = std::min<int32_t>(next.level, GGML_LOG_LEVEL_INFO);
        }
        if (next.level >= lowest_level.load(std::memory_order_relaxed)) {
            try {
                to_ring(next.level, std::move(next.text));
            } catch (...) {
                // out of memory: as above
            }
        }
    }
    held.clear();
}

void log_prepare_thread() {
    recent.reserve(KEPT_RECENT);
}

void log_quiet(bool value) {
    quiet = value;
}

} // namespace lf

extern "C" const int64_t * lf_log_counter(void) {
    static_assert(sizeof(written) == sizeof(int64_t), "Java reads the counter as a plain 64-bit integer");
    return reinterpret_cast<const int64_t *>(&written);
}

extern "C" int64_t lf_log_drain(void * out, int64_t capacity) {
    return lf::guard("lf_log_drain", [&]() -> int64_t {
        std::lock_guard<std::mutex> lock(ring_mutex);
        if (dropped > 0) {
            std::string note = std::to_string(dropped) + " native log lines were dropped: the ring was full";
            const size_t size = note.size();
            ring.push_front({ GGML_LOG_LEVEL_WARN, std::move(note) });
            ring_bytes += size;
            dropped = 0;
        }
        auto *  bytes = static_cast<char *>(out);
        int64_t used  = 0;
        while (!ring.empty()) {
            const line & next   = ring.front();
            const auto   length = static_cast<int32_t>(next.text.size());
            const auto   padded = (length + 3) / 4 * 4;
            if (used + 8 + padded > capacity) {
                break;
            }
            memcpy(bytes + used, &next.level, 4);
            memcpy(bytes + used + 4, &length, 4);
            memcpy(bytes + used + 8, next.text.data(), length);
            used += 8 + padded;
            ring_bytes -= length;
            ring.pop_front();
        }
        return used;
    });
}
