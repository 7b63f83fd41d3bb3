#include "crash.h"

#include "activity.h"
#include "guard.h"
#include "llamaffm.h"
#include "stack.h"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <typeinfo>

#if defined(_WIN32)
#    include <direct.h>
#    include <fcntl.h>
#    include <io.h>
#    include <process.h>
#    include <sys/stat.h>
#else
#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>
#endif

namespace {

// Plain memory, filled before anything goes wrong: when it is read, the heap may be what is broken.
const char *           crash_dir = "";
char                   devices[512];
std::terminate_handler terminate_before = nullptr;

struct loaded_model {
    std::atomic<const llama_model *> model{nullptr};
    char                             description[96];
};
loaded_model models[16];

std::atomic<int64_t> speaker{0};

#if defined(_WIN32)
int  process_number() { return _getpid(); }
int  open_new(const char * path) { return _open(path, _O_WRONLY | _O_CREAT | _O_TRUNC | _O_BINARY, _S_IREAD | _S_IWRITE); }
bool write_all(int file, const char * text, size_t size) { return _write(file, text, static_cast<unsigned>(size)) == static_cast<int>(size); }
void close_file(int file) { _close(file); }
void make_dir(const char * path) { _mkdir(path); }
void utc(time_t now, tm & out) { gmtime_s(&out, &now); }
void wait_for_the_end() { for (;;) _sleep(1000); }
#else
int process_number() { return static_cast<int>(getpid()); }
int open_new(const char * path) { return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); }
bool write_all(int file, const char * text, size_t size) {
    while (size > 0) {
        const ssize_t n = write(file, text, size);
        if (n <= 0 && errno != EINTR) {
            return false;
        }
        if (n > 0) {
            text += n;
            size -= static_cast<size_t>(n);
        }
    }
    return true;
}
void close_file(int file) { close(file); }
void make_dir(const char * path) { mkdir(path, 0700); }
void utc(time_t now, tm & out) { gmtime_r(&now, &out); }
void wait_for_the_end() { for (;;) pause(); }
#endif

// Lines of text, without the heap and without stdio, whose lock another thread may hold for good.
class page {
public:
    __attribute__((format(printf, 2, 3))) void add(const char * format, ...) {
        va_list arguments;
        va_start(arguments, format);
        const int n = vsnprintf(text + used, sizeof text - used, format, arguments);
        va_end(arguments);
        if (n > 0) {
            used += static_cast<size_t>(n) < sizeof text - used ? static_cast<size_t>(n) : sizeof text - used - 1;
        }
    }

    // Writes what was added since the last time.
    bool flush(int file, size_t & written) const {
        const bool done = write_all(file, text + written, used - written);
        written = used;
        return done;
    }

private:
    char   text[32 * 1024];
    size_t used = 0;
};

void add_activities(page & page) {
    bool first = true;
    lf::for_each_activity([&](const lf::activity_view & view) {
        char name[32];
        lf::thread_name(view.thread, name);
        page.add("%s%s on thread %lld \"%s\"\n", first ? "  in native code:\n    " : "    ", view.operation,
                 static_cast<long long>(view.thread), name);
        first = false;
    });
    if (first) {
        page.add("  in native code: (no call)\n");
    }
}

void add_models(page & page) {
    const char * separator = "";
    page.add("  models:    ");
    for (const loaded_model & loaded : models) {
        if (loaded.model.load()) {
            page.add("%s%s", separator, loaded.description);
            separator = ", ";
        }
    }
    page.add("%s\n", *separator ? "" : "(none)");
}

void add_facts(page & page, const char * message, const tm & now) {
    char          name[32];
    const int64_t self = lf::thread_number();
    lf::thread_name(self, name);
    page.add("llama-ffm: native code gave up where this cannot be turned into an exception, and ends the process.\n"
             "  message:   %s\n"
             "  time:      %04d-%02d-%02dT%02d:%02d:%02dZ\n"
             "  process:   %d\n"
             "  thread:    %lld \"%s\"\n"
             "  operation: %s\n",
             message, now.tm_year + 1900, now.tm_mon + 1, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec,
             process_number(), static_cast<long long>(self), name,
             lf::current_activity() ? lf::current_activity() : "(none on this thread)");
    add_activities(page);
    page.add("  devices:   %s\n", devices[0] ? devices : "(none)");
    add_models(page);
    page.add("  library:   llamaffm %s, llama.cpp %s, %s\n"
             "  file:      %s\n",
             lf_abi_id(), llama_version(), lf_build_info(), lf::core_path());
}

void add_stack(page & page) {
    const lf::stack stack;
    page.add("  stack (file+offset, for addr2line -e file offset):\n");
    for (int i = 0; i < stack.count; i++) {
        char frame[512];
        lf::stack::describe(stack.frames[i], frame, sizeof frame);
        page.add("    %s\n", frame);
    }
}

// Returns a file, or -1; the reason is on stderr then.
int open_crash_file(const tm & now, page & remark) {
    static char path[8192];
    if (snprintf(path, sizeof path, "%s/llamaffm-crash-%04d%02d%02dT%02d%02d%02dZ-%d.txt", crash_dir, now.tm_year + 1900,
                 now.tm_mon + 1, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec, process_number()) >= static_cast<int>(sizeof path)) {
        remark.add("llama-ffm: the path of llamaffm.crash.dir is too long for a crash file\n");
        return -1;
    }
    make_dir(crash_dir);
    const int file = open_new(path);
    if (file < 0) {
        remark.add("llama-ffm: %s cannot be written: %s\n", path, strerror(errno));
    }
    return file;
}

// Several workers may give up in the same operation: the first one speaks, for all.
void begin_to_speak() {
    int64_t       nobody = 0;
    const int64_t self   = lf::thread_number();
    if (!speaker.compare_exchange_strong(nobody, self)) {
        if (nobody == self) {
            abort();
        }
        wait_for_the_end();
    }
}

void speak(const char * message) {
    begin_to_speak();
    static page text, remark;
    const time_t seconds = time(nullptr);
    tm           now{};
    utc(seconds, now);
    const int file          = crash_dir[0] ? open_crash_file(now, remark) : -1;
    size_t    to_stderr     = 0;
    size_t    to_file       = 0;
    bool      whole         = true;
    const auto flush        = [&] {
        text.flush(2, to_stderr);
        whole &= file < 0 || text.flush(file, to_file);
    };
    add_facts(text, message, now);
    flush();
    // What could fail itself comes last.
    add_stack(text);
    flush();
    if (file >= 0) {
        close_file(file);
    }
    if (!whole) {
        remark.add("llama-ffm: the crash file in %s is not whole: %s\n", crash_dir, strerror(errno));
    }
    size_t remarks = 0;
    remark.flush(2, remarks);
}

void speak_of(const char * kind, const char * what) {
    static char message[4096];
    snprintf(message, sizeof message, "%s%s%s", kind, *what ? ": " : "", what);
    speak(message);
}

// Of the exception that nobody caught.
void speak_of_exception() {
    if (!std::current_exception()) {
        speak_of("std::terminate without an exception, such as after a pure virtual call", "");
        return;
    }
    try {
        throw;
    } catch (const lf::abort_error & e) {
        speak_of("an abort in a function that must not throw", e.message);
    } catch (const lf::failure & e) {
        speak_of("an error in a function that must not throw", e.message.c_str());
    } catch (const std::exception & e) {
        char kind[256];
        snprintf(kind, sizeof kind, "a C++ exception that nobody catches (%s)", typeid(e).name());
        speak_of(kind, e.what());
    } catch (...) {
        speak_of("a C++ exception that nobody catches, of an unknown type", "");
    }
}

[[noreturn]] void on_terminate() {
    if (lf::stack().is_ours()) {
        speak_of_exception();
    }
    if (terminate_before) {
        terminate_before();
    }
    abort();
}

} // namespace

namespace lf {

void set_crash_dir(const char * dir) {
    if (!crash_dir[0] && dir && dir[0]) {
        crash_dir = (new std::string(dir))->c_str();
    }
}

void add_crash_device(const char * name) {
    const size_t used = strlen(devices);
    snprintf(devices + used, sizeof devices - used, "%s%s", used ? ", " : "", name);
}

void add_crash_model(const llama_model * model) {
    for (loaded_model & place : models) {
        const llama_model * nobody = nullptr;
        if (place.model.compare_exchange_strong(nobody, model)) {
            llama_model_desc(model, place.description, sizeof place.description);
            return;
        }
    }
}

void remove_crash_model(const llama_model * model) {
    for (loaded_model & place : models) {
        const llama_model * its = model;
        if (place.model.compare_exchange_strong(its, nullptr)) {
            return;
        }
    }
}

void install_terminate_handler(std::terminate_handler before) {
    terminate_before = before;
    std::set_terminate(on_terminate);
}

void last_words(const char * message) {
    speak(message);
    abort();
}

} // namespace lf

#if defined(_LIBCPP_VERSION)
// LLVM's ends the process at once, where GNU's asks the terminate handler.
extern "C" [[noreturn]] void __cxa_pure_virtual(void);
extern "C" [[noreturn]] void __cxa_deleted_virtual(void);
void __cxa_pure_virtual(void) { std::terminate(); }
void __cxa_deleted_virtual(void) { std::terminate(); }
#endif
