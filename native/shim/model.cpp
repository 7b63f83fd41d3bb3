#include "guard.h"

#include "gguf.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace {

struct file_closer {
    void operator()(FILE * file) const { fclose(file); }
};
using file_ptr = std::unique_ptr<FILE, file_closer>;

bool seek(FILE * file, int64_t offset) {
#if defined(_WIN32)
    return _fseeki64(file, offset, SEEK_SET) == 0;
#else
    return fseeko(file, offset, SEEK_SET) == 0;
#endif
}

file_ptr open_at(const char * path, int64_t offset) {
    // ggml_fopen takes UTF-8 paths on Windows too.
    file_ptr file(ggml_fopen(path, "rb"));
    if (!file || !seek(file.get(), offset)) {
        throw lf::failure{ LF_ERROR_FAILED, std::string(path) + ": " + strerror(errno) };
    }
    return file;
}

// llama.cpp checks tensors against the size of the whole file: a truncated GGUF inside a jar would read the bytes of its
// neighbours as weights.
void require_within(FILE * file, const lf_model_request & request) {
    struct gguf_deleter {
        void operator()(gguf_context * gguf) const { gguf_free(gguf); }
    };
    std::unique_ptr<gguf_context, gguf_deleter> gguf(gguf_init_from_file_ptr(file, { /*no_alloc*/ true, /*ctx*/ nullptr }));
    if (!gguf) {
        throw lf::failure{ LF_ERROR_FAILED, "no readable GGUF at offset " + std::to_string(request.offset) };
    }
    const auto data = static_cast<uint64_t>(gguf_get_data_offset(gguf.get()));
    uint64_t   end  = data;
    for (int64_t i = 0; i < gguf_get_n_tensors(gguf.get()); i++) {
        end = std::max<uint64_t>(end, data + gguf_get_tensor_offset(gguf.get(), i) + gguf_get_tensor_size(gguf.get(), i));
    }
    const auto limit = static_cast<uint64_t>(request.offset) + static_cast<uint64_t>(request.length);
    if (end > limit) {
        throw lf::failure{ LF_ERROR_FAILED,
            "the GGUF is truncated: its tensors need " + std::to_string(end - request.offset) + " bytes, it has " +
            std::to_string(request.length) };
    }
}

struct progress {
    const lf_model_request * request;

    static bool call(float value, void * data) {
        const auto & request = *static_cast<progress *>(data)->request;
        if (lf::stop_requested(request.cancel)) {
            return false;
        }
        const auto callback = request.params.progress_callback;
        return !callback || callback(value, request.params.progress_callback_user_data);
    }
};

} // namespace

extern "C" void lf_model_default_params(llama_model_params * out) {
    *out = llama_model_default_params();
}

extern "C" llama_model * lf_model_load(const lf_model_request * request) {
    return lf::guard("lf_model_load", [&]() -> llama_model * {
        progress           progress{ request };
        llama_model_params params          = request->params;
        params.progress_callback           = progress::call;
        params.progress_callback_user_data = &progress;

        llama_model * model;
        if (request->length > 0) {
            const file_ptr file = open_at(request->path, request->offset);
            require_within(file.get(), *request);
            seek(file.get(), request->offset);
            model = llama_model_load_from_file_ptr(file.get(), params);
        } else {
            model = llama_model_load_from_file(request->path, params);
        }
        if (!model) {
            throw lf::stop_requested(request->cancel)
                ? lf::failure{ LF_ERROR_CANCELLED, "cancelled" }
                : lf::failure{ LF_ERROR_FAILED, request->path };
        }
        return model;
    });
}

extern "C" void lf_model_free(llama_model * model) {
    lf::guard("lf_model_free", [&] { llama_model_free(model); });
}
