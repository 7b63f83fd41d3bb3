#include "crash.h"
#include "device.h"
#include "freed.h"
#include "guard.h"
#include "log.h"
#include "registry.h"

#include "gguf.h"
#include "llama-model.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <regex>
#include <string>
#include <vector>

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

struct gguf_deleter {
    void operator()(gguf_context * gguf) const { gguf_free(gguf); }
};
using gguf_ptr = std::unique_ptr<gguf_context, gguf_deleter>;

// The metadata of the file, or of the first file of a split model.
gguf_ptr read_metadata(const lf_model_request & request) {
    const char *   path = request.n_splits > 0 ? request.splits[0] : request.path;
    const file_ptr file = open_at(path, request.offset);
    gguf_ptr gguf(gguf_init_from_file_ptr(file.get(), { /*no_alloc*/ true, /*ctx*/ nullptr }));
    if (!gguf) {
        throw lf::failure{ LF_ERROR_FAILED, std::string(path) + ": no readable GGUF at offset " + std::to_string(request.offset) };
    }
    return gguf;
}

// How many files the metadata says the model has.
int split_count(const gguf_context * gguf) {
    const int64_t key = gguf_find_key(gguf, "split.count");
    return key >= 0 && gguf_get_kv_type(gguf, key) == GGUF_TYPE_UINT16 ? gguf_get_val_u16(gguf, key) : 1;
}

// llama.cpp checks tensors against the size of the whole file: a truncated GGUF inside a jar would read the bytes of its
// neighbours as weights.
void require_within(const lf_model_request & request) {
    const gguf_ptr gguf = read_metadata(request);
    if (split_count(gguf.get()) > 1) {
        throw lf::failure{ LF_ERROR_FAILED, "it is one of " + std::to_string(split_count(gguf.get())) +
            " parts of a split model, which can only be loaded from files of their own" };
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

// llama.cpp ignores the other files where the first one is a whole model.
void require_split(const lf_model_request & request) {
    const int count = split_count(read_metadata(request).get());
    if (count != request.n_splits) {
        throw lf::failure{ LF_ERROR_FAILED, std::string(request.splits[0]) + " says that its model has " +
            std::to_string(count) + (count == 1 ? " file, not " : " files, not ") + std::to_string(request.n_splits) };
    }
}

bool is_integer(gguf_type type, int64_t value) {
    const auto within = [&](auto limit) {
        using T = decltype(limit);
        return sizeof(T) == 8 ? std::is_signed_v<T> || value >= 0
                              : value >= static_cast<int64_t>(std::numeric_limits<T>::min())
                                    && value <= static_cast<int64_t>(std::numeric_limits<T>::max());
    };
    switch (type) {
        case GGUF_TYPE_UINT8:  return within(uint8_t{});
        case GGUF_TYPE_INT8:   return within(int8_t{});
        case GGUF_TYPE_UINT16: return within(uint16_t{});
        case GGUF_TYPE_INT16:  return within(int16_t{});
        case GGUF_TYPE_UINT32: return within(uint32_t{});
        case GGUF_TYPE_INT32:  return within(int32_t{});
        case GGUF_TYPE_UINT64: return within(uint64_t{});
        case GGUF_TYPE_INT64:  return within(int64_t{});
        default:               return false;
    }
}

bool fits(gguf_type type, const lf_metadata_override & value) {
    switch (value.type) {
        case LF_METADATA_INTEGER: return is_integer(type, value.integer);
        case LF_METADATA_NUMBER:  return type == GGUF_TYPE_FLOAT32 || type == GGUF_TYPE_FLOAT64;
        case LF_METADATA_BOOLEAN: return type == GGUF_TYPE_BOOL;
        default:                  return type == GGUF_TYPE_STRING;
    }
}

// llama.cpp warns of a wrong type, and then takes what the file says.
void require_types(const lf_model_request & request) {
    const gguf_ptr gguf = read_metadata(request);
    for (int32_t i = 0; i < request.n_overrides; i++) {
        const lf_metadata_override & value = request.overrides[i];
        const int64_t                key   = gguf_find_key(gguf.get(), value.key);
        if (key >= 0 && !fits(gguf_get_kv_type(gguf.get(), key), value)) {
            throw lf::failure{ LF_ERROR_ARGUMENT, std::string("the override of ") + value.key + " does not fit its type, " +
                gguf_type_name(gguf_get_kv_type(gguf.get(), key)) };
        }
    }
}

// What llama_model_params only points to. llama.cpp reads it during the load.
struct model_arguments {
    explicit model_arguments(const lf_model_request & request) : params(request.params) {
        add_devices(request);
        add_overrides(request);
        add_placements(request);
    }

    model_arguments(const model_arguments &)             = delete;
    model_arguments & operator=(const model_arguments &) = delete;

    llama_model_params params;

private:
    std::vector<ggml_backend_dev_t>               devices;
    std::vector<llama_model_kv_override>          overrides;
    std::vector<llama_model_tensor_buft_override> placements;

    void add_devices(const lf_model_request & request) {
        if (request.devices) {
            for (int32_t i = 0; i < request.n_devices; i++) {
                devices.push_back(lf::device_named(request.devices[i]));
            }
            devices.push_back(nullptr);
            params.devices = devices.data();
        }
    }

    void add_overrides(const lf_model_request & request) {
        if (request.n_overrides == 0) {
            return;
        }
        require_types(request);
        for (int32_t i = 0; i < request.n_overrides; i++) {
            const lf_metadata_override & value = request.overrides[i];
            llama_model_kv_override      out{};
            strncpy(out.key, value.key, sizeof out.key - 1);
            switch (value.type) {
                case LF_METADATA_INTEGER:
                    out.tag     = LLAMA_KV_OVERRIDE_TYPE_INT;
                    out.val_i64 = value.integer;
                    break;
                case LF_METADATA_NUMBER:
                    out.tag     = LLAMA_KV_OVERRIDE_TYPE_FLOAT;
                    out.val_f64 = value.number;
                    break;
                case LF_METADATA_BOOLEAN:
                    out.tag      = LLAMA_KV_OVERRIDE_TYPE_BOOL;
                    out.val_bool = value.integer != 0;
                    break;
                default:
                    out.tag = LLAMA_KV_OVERRIDE_TYPE_STR;
                    strncpy(out.val_str, value.text, sizeof out.val_str - 1);
                    break;
            }
            overrides.push_back(out);
        }
        overrides.push_back({});
        params.kv_overrides = overrides.data();
    }

    void add_placements(const lf_model_request & request) {
        if (request.n_placements == 0) {
            return;
        }
        for (int32_t i = 0; i < request.n_placements; i++) {
            const lf_tensor_placement & placement = request.placements[i];
            try {
                (void) std::regex(placement.pattern);
            } catch (const std::regex_error & e) {
                throw lf::failure{ LF_ERROR_ARGUMENT, std::string("the pattern ") + placement.pattern + " is wrong: " + e.what() };
            }
            placements.push_back({ placement.pattern, ggml_backend_dev_buffer_type(lf::device_named(placement.device)) });
        }
        placements.push_back({ nullptr, nullptr });
        params.tensor_buft_overrides = placements.data();
    }
};

struct progress {
    const lf_model_request * request;

    static bool call(float value, void * data) {
        const auto & request = *static_cast<progress *>(data)->request;
        if (lf::stop_requested(request.cancel)) {
            return false;
        }
        const auto callback = request.params.progress_callback;
        if (!callback) {
            return true;
        }
        const lf::calling_user calling;
        return callback(value, request.params.progress_callback_user_data);
    }
};

void free(llama_model * model) {
    const lf::freeing freeing;
    llama_model_free(model);
}

// ggml asserts it on its own threads, where nothing can catch that.
bool normalises(const llama_hparams & hparams) {
    return hparams.f_norm_eps >= 0 && hparams.f_norm_rms_eps >= 0 && hparams.f_norm_group_eps >= 0;
}

// It chooses the code that pools, and what the Java layer says of the model.
bool pools(const llama_hparams & hparams) {
    return hparams.pooling_type >= LLAMA_POOLING_TYPE_UNSPECIFIED && hparams.pooling_type <= LLAMA_POOLING_TYPE_RANK;
}

// Both are signed where they are computed with: below zero ggml writes before its rows, never ends, or divides by zero.
bool turns(const llama_hparams & hparams) {
    for (uint32_t il = 0; il < hparams.n_layer(); il++) {
        if (hparams.n_rot(il) > static_cast<uint32_t>(std::numeric_limits<int32_t>::max())) {
            return false;
        }
    }
    return std::all_of(hparams.rope_sections.begin(), hparams.rope_sections.end(), [](int length) { return length >= 0; });
}

// Of RWKV's vocabularies: where a token begins with a byte that is none itself, llama.cpp adds tokens for a text with that byte
// until there is no memory.
bool tokenises(const llama_vocab * vocab) {
    if (llama_vocab_type(vocab) != LLAMA_VOCAB_TYPE_RWKV) {
        return true;
    }
    std::array<bool, 256> begins{};
    std::array<bool, 256> whole{};
    std::vector<char>     piece(256);
    for (int32_t token = 0; token < llama_vocab_n_tokens(vocab); token++) {
        int32_t length = llama_token_to_piece(vocab, token, piece.data(), static_cast<int32_t>(piece.size()), 0, true);
        if (length < 0) {
            piece.resize(-length);
            length = llama_token_to_piece(vocab, token, piece.data(), -length, 0, true);
        }
        if (length > 0) {
            (length == 1 ? whole : begins)[static_cast<unsigned char>(piece[0])] = true;
        }
    }
    for (size_t byte = 0; byte < begins.size(); byte++) {
        if (begins[byte] && !whole[byte]) {
            return false;
        }
    }
    return true;
}

} // namespace

extern "C" void lf_model_default_params(llama_model_params * out) {
    *out = llama_model_default_params();
}

extern "C" llama_model * lf_model_load(const lf_model_request * request) {
    return lf::guard("lf_model_load", [&]() -> llama_model * {
        static const bool once = [] {
            lf::leave_in_order();
            return true;
        }();
        (void) once;
        const lf::registry_reader lock;
        model_arguments           arguments(*request);
        progress                  progress{ request };
        llama_model_params &      params   = arguments.params;
        params.progress_callback           = progress::call;
        params.progress_callback_user_data = &progress;

        llama_model * model;
        if (request->length > 0) {
            require_within(*request);
            const file_ptr file = open_at(request->path, request->offset);
            model = llama_model_load_from_file_ptr(file.get(), params);
        } else if (request->n_splits > 0) {
            require_split(*request);
            auto ** splits = const_cast<const char **>(request->splits);
            model = llama_model_load_from_splits(splits, static_cast<size_t>(request->n_splits), params);
        } else {
            model = llama_model_load_from_file(request->path, params);
        }
        if (!model) {
            throw lf::stop_requested(request->cancel)
                ? lf::failure{ LF_ERROR_CANCELLED, "cancelled" }
                : lf::failure{ LF_ERROR_FAILED, request->path };
        }
        if (request->n_overrides > 0 && lf::log_recent().find("Bad metadata override type") != std::string::npos) {
            // Of a key that the file does not have.
            free(model);
            throw lf::failure{ LF_ERROR_ARGUMENT, "a metadata override does not fit the type of its key" };
        }
        if (!params.vocab_only && !normalises(model->hparams)) {
            free(model);
            throw lf::failure{ LF_ERROR_FAILED, "an epsilon of its normalisation is negative or not a number" };
        }
        if (!params.vocab_only && !turns(model->hparams)) {
            free(model);
            throw lf::failure{ LF_ERROR_FAILED, "a number of dimensions of its rotary embedding is negative" };
        }
        if (!params.vocab_only && !pools(model->hparams)) {
            const auto type = static_cast<int>(model->hparams.pooling_type);
            free(model);
            throw lf::failure{ LF_ERROR_FAILED, "it declares an unknown pooling type " + std::to_string(type) };
        }
        if (!tokenises(llama_model_get_vocab(model))) {
            free(model);
            throw lf::failure{ LF_ERROR_FAILED, "tokens of its vocabulary begin with bytes that are no tokens: no text with them ends" };
        }
        lf::add_crash_model(model);
        return model;
    });
}

extern "C" void lf_model_free(llama_model * model) {
    lf::guard("lf_model_free", [&] {
        lf::remove_crash_model(model);
        if (lf::lost_device(*model)) {
            return;
        }
        const bool planned = model->hparams.no_alloc;
        free(model);
        if (planned) {
            lf::give_back_freed_now_and_then();
        } else {
            lf::give_back_freed();
        }
    });
}

extern "C" int32_t lf_model_text(const llama_model * model, const char * key, char * out, size_t capacity) {
    return lf::guard("lf_model_text", [&]() -> int32_t {
        return key ? llama_model_meta_val_str(model, key, out, capacity) : llama_model_desc(model, out, capacity);
    });
}
