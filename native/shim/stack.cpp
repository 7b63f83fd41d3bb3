#include "stack.h"

#include "llamaffm.h"

#include <cstdio>
#include <cstring>
#include <exception>

#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>
#else
#    include <dlfcn.h>
#    include <unwind.h>
#endif

namespace lf {

#if defined(_WIN32)

stack::stack() {
    void * addresses[MAX];
    count = CaptureStackBackTrace(0, MAX, addresses, nullptr);
    for (int i = 0; i < count; i++) {
        frames[i] = reinterpret_cast<uintptr_t>(addresses[i]) - 1;
    }
}

// The C++ runtime in this library serves nobody else.
bool stack::is_ours() const { return true; }

static HMODULE module_of(const void * address) {
    HMODULE module = nullptr;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       static_cast<const wchar_t *>(address), &module);
    return module;
}

// In UTF-8; empty where it is not known.
static void path_of(HMODULE module, char * out, size_t size) {
    wchar_t wide[1024];
    out[0] = '\0';
    const DWORD length = module ? GetModuleFileNameW(module, wide, sizeof wide / sizeof *wide) : 0;
    if (length > 0 && length < sizeof wide / sizeof *wide) {
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, out, static_cast<int>(size), nullptr, nullptr);
    }
}

void stack::describe(uintptr_t frame, char * out, size_t size) {
    const HMODULE module = module_of(reinterpret_cast<const void *>(frame));
    char          path[4096];
    path_of(module, path, sizeof path);
    if (!path[0]) {
        snprintf(out, size, "0x%llx", static_cast<unsigned long long>(frame));
        return;
    }
    const char * slash = strrchr(path, '\\');
    snprintf(out, size, "%s+0x%llx", slash ? slash + 1 : path,
             static_cast<unsigned long long>(frame - reinterpret_cast<uintptr_t>(module)));
}

const char * core_path() {
    static char path[4096];
    path_of(module_of(reinterpret_cast<const void *>(lf_init)), path, sizeof path);
    return path;
}

#else

// Not backtrace(): that loads a library, and allocates, when it is first called.
static _Unwind_Reason_Code add_frame(_Unwind_Context * context, void * data) {
    auto & stack = *static_cast<lf::stack *>(data);
    if (stack.count == lf::stack::MAX) {
        return _URC_END_OF_STACK;
    }
    // A return address; the call is before it.
    if (const uintptr_t address = _Unwind_GetIP(context)) {
        stack.frames[stack.count++] = address - 1;
    }
    return _URC_NO_REASON;
}

stack::stack() {
    _Unwind_Backtrace(add_frame, this);
}

static const char * file_name(const char * path) {
    const char * slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// A file in memory has the path of its descriptor; only we load such.
static bool is_module(const char * path) {
    static constexpr char IN_MEMORY[] = "/proc/self/fd/";
    return strncmp(file_name(path), "libggml-", 8) == 0 || strncmp(path, IN_MEMORY, sizeof IN_MEMORY - 1) == 0;
}

bool stack::is_ours() const {
    Dl_info self, runtime;
    if (!dladdr(reinterpret_cast<void *>(lf_init), &self) || !dladdr(reinterpret_cast<void *>(&std::terminate), &runtime)
        || runtime.dli_fbase == self.dli_fbase) {
        // A C++ runtime of our own serves nobody else.
        return true;
    }
    // What the runtime was called by: before it come the handlers, which are ours.
    bool in_runtime = false;
    for (int i = 0; i < count; i++) {
        Dl_info info;
        if (!dladdr(reinterpret_cast<void *>(frames[i]), &info) || !info.dli_fname) {
            continue;
        }
        if (in_runtime && (info.dli_fbase == self.dli_fbase || is_module(info.dli_fname))) {
            return true;
        }
        in_runtime |= info.dli_fbase == runtime.dli_fbase;
    }
    return !in_runtime;
}

void stack::describe(uintptr_t frame, char * out, size_t size) {
    Dl_info info;
    if (!dladdr(reinterpret_cast<void *>(frame), &info) || !info.dli_fname) {
        snprintf(out, size, "0x%llx", static_cast<unsigned long long>(frame));
        return;
    }
    const auto offset = static_cast<unsigned long long>(frame - reinterpret_cast<uintptr_t>(info.dli_fbase));
    if (info.dli_sname) {
        snprintf(out, size, "%s+0x%llx (%s+0x%llx)", file_name(info.dli_fname), offset, info.dli_sname,
                 static_cast<unsigned long long>(frame - reinterpret_cast<uintptr_t>(info.dli_saddr)));
    } else {
        snprintf(out, size, "%s+0x%llx", file_name(info.dli_fname), offset);
    }
}

const char * core_path() {
    Dl_info self;
    return dladdr(reinterpret_cast<void *>(lf_init), &self) && self.dli_fname ? self.dli_fname : "";
}

#endif

} // namespace lf
