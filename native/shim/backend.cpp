#include "crash.h"
#include "device.h"
#include "guard.h"
#include "registry.h"
#include "unbacked.h"

#include "ggml-backend.h"
#include "llama-impl.h"
#include "llama-model.h"

#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>
#else
#    include <dlfcn.h>
#endif

namespace {

// A module that is open as long as this is.
class module_handle {
public:
    enum refusal { THROWS, IS_FOR_THE_NEXT };

    module_handle(const char * path, refusal refused) {
#if defined(_WIN32)
        wchar_t wide[4096];
        if (MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, sizeof wide / sizeof *wide) == 0) {
            if (refused == THROWS) {
                throw lf::failure{ LF_ERROR_ARGUMENT, "the path is too long" };
            }
            return;
        }
        handle = load(wide);
        if (!handle && refused == THROWS) {
            throw lf::failure{ LF_ERROR_FAILED, "LoadLibrary error " + std::to_string(GetLastError()) };
        }
#else
        handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!handle && refused == THROWS) {
            throw lf::failure{ LF_ERROR_FAILED, dlerror() };
        }
#endif
    }

    ~module_handle() {
        if (!handle) {
            return;
        }
#if defined(_WIN32)
        FreeLibrary(handle);
#else
        dlclose(handle);
#endif
    }

    module_handle(const module_handle &) = delete;
    module_handle & operator=(const module_handle &) = delete;

    // Calls what may throw an exception of the module's. Its type lies in the module, so it is caught before that is closed.
    template <typename F>
    auto call(F && body) const -> decltype(body()) {
        try {
            return body();
        } catch (const lf::abort_error &) {
            throw;
        } catch (const lf::failure &) {
            throw;
        } catch (const std::bad_alloc &) {
            throw std::bad_alloc();
        } catch (const std::exception & e) {
            throw std::runtime_error(e.what());
        } catch (...) {
            throw std::runtime_error("an exception of an unknown type");
        }
    }

    template <typename F>
    F symbol(const char * name) const {
#if defined(_WIN32)
        return reinterpret_cast<F>(GetProcAddress(handle, name));
#else
        return reinterpret_cast<F>(dlsym(handle, name));
#endif
    }

private:
#if defined(_WIN32)
    // Without the dialog for what is missing, as ggml-backend-dl.cpp does it.
    static HMODULE load(const wchar_t * path) {
        const UINT before = SetErrorMode(SEM_FAILCRITICALERRORS);
        SetErrorMode(before | SEM_FAILCRITICALERRORS);
        const HMODULE opened = LoadLibraryW(path);
        const DWORD   error  = GetLastError();
        SetErrorMode(before);
        SetLastError(error);
        return opened;
    }

    HMODULE handle = nullptr;
#else
    void * handle = nullptr;
#endif
};

template <size_t N>
void copy(char (&out)[N], const char * text) {
    memset(out, 0, N);
    strncpy(out, text ? text : "", N - 1);
}

// Upstream gives each device of a server the address of the server as its description, and no id.
std::string rpc_id(ggml_backend_dev_t dev) {
    int number = 0;
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        ggml_backend_dev_t other = ggml_backend_dev_get(i);
        if (other == dev) {
            break;
        }
        number += ggml_backend_dev_backend_reg(other) == ggml_backend_dev_backend_reg(dev)
               && strcmp(ggml_backend_dev_description(other), ggml_backend_dev_description(dev)) == 0;
    }
    return std::string(ggml_backend_dev_description(dev)) + "/" + std::to_string(number);
}

// Upstream tells nobody which devices one of several is made of, so for that one all of them are asked.
std::vector<ggml_backend_dev_t> single_devices(ggml_backend_dev_t dev) {
    if (ggml_backend_dev_type(dev) != GGML_BACKEND_DEVICE_TYPE_META) {
        return { dev };
    }
    const lf::registry_reader       lock;
    std::vector<ggml_backend_dev_t> devices;
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        devices.push_back(ggml_backend_dev_get(i));
    }
    return devices;
}

bool tells_memory(ggml_backend_dev_t dev) {
    size_t free  = 0;
    size_t total = 0;
    try {
        ggml_backend_dev_memory(dev, &free, &total);
    } catch (const lf::abort_error &) {
        return false;
    }
    return total != 0; // upstream's answer where the driver does not tell
}

} // namespace

namespace lf {

void describe_device(ggml_backend_dev_t dev, lf_device & out) {
    // A device of several has no backend of its own.
    ggml_backend_reg_t reg  = ggml_backend_dev_backend_reg(dev);
    const char *       name = reg ? ggml_backend_reg_name(reg) : "";
    copy(out.name, ggml_backend_dev_name(dev));
    copy(out.description, ggml_backend_dev_description(dev));
    copy(out.backend, name);
    out.type     = ggml_backend_dev_type(dev);
    out.reserved = 0;
    ggml_backend_dev_props props{};
    try {
        ggml_backend_dev_get_props(dev, &props);
    } catch (const failure & e) {
        if (e.status != LF_ERROR_REMOTE) {
            throw;
        }
        props = {};
    }
    copy(out.id, strcmp(name, "RPC") == 0 ? rpc_id(dev).c_str() : props.device_id);
    out.memory_free  = props.memory_free;
    out.memory_total = props.memory_total;
}

bool lost_device(const llama_model & model) {
    for (const llama_device & device : model.devices) {
        for (ggml_backend_dev_t asked : single_devices(device.dev)) {
            ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(asked);
            // Twice: what CUDA reports late of another call, it reports once.
            if (reg && strcmp(ggml_backend_reg_name(reg), "CUDA") == 0 && !tells_memory(asked) && !tells_memory(asked)) {
                LLAMA_LOG_WARN("%s does not answer any more: what lies there is left until the process ends\n", ggml_backend_dev_name(asked));
                return true;
            }
        }
    }
    return false;
}

ggml_backend_dev_t host_device() {
    return ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
}

ggml_backend_dev_t device_named(const char * name) {
    ggml_backend_dev_t dev = ggml_backend_dev_by_name(name);
    if (!dev) {
        throw failure{ LF_ERROR_ARGUMENT, std::string("there is no device ") + name };
    }
    return dev;
}

} // namespace lf

extern "C" int32_t lf_backend_score(const char * path) {
    return lf::guard("lf_backend_score", [&]() -> int32_t {
        const module_handle module(path, module_handle::THROWS);
        // A module without a score runs everywhere.
        const auto score = module.symbol<int (*)()>("ggml_backend_score");
        return score ? module.call(score) : 1;
    });
}

extern "C" int32_t lf_backend_load(const char * path) {
    return lf::guard("lf_backend_load", [&]() -> int32_t {
        const lf::registry_writer lock;
        // Where it cannot be opened, ggml says why.
        const module_handle       module(path, module_handle::IS_FOR_THE_NEXT);
        ggml_backend_reg_t        reg = module.call([&] { return ggml_backend_load(path); });
        if (!reg) {
            throw lf::failure{ LF_ERROR_FAILED, path };
        }
        for (size_t i = 0; i < ggml_backend_reg_dev_count(reg); i++) {
            lf::add_crash_device(ggml_backend_dev_name(ggml_backend_reg_dev_get(reg, i)));
        }
        lf::intercept_allocations(reg);
        // Needs a registered backend, or it searches java's folder and the current one.
        llama_backend_init();
        return LF_OK;
    });
}

extern "C" int64_t lf_devices(lf_device * out, int64_t capacity) {
    return lf::guard("lf_devices", [&]() -> int64_t {
        const lf::registry_reader lock;
        const auto count = static_cast<int64_t>(ggml_backend_dev_count());
        for (int64_t i = 0; i < count && i < capacity; i++) {
            lf::describe_device(ggml_backend_dev_get(static_cast<size_t>(i)), out[i]);
        }
        return count;
    });
}
