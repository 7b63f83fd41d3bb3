// What a model and a context take, without taking it.
#include "device.h"
#include "graphs.h"
#include "guard.h"
#include "registry.h"
#include "unbacked.h"

#include "ggml-backend.h"
#include "gguf.h"
#include "llama-context.h"
#include "llama-ext.h"
#include "llama-mmap.h"
#include "llama-model.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace {

constexpr uint32_t CONTEXT_STEP = 256; // llama.cpp rounds n_ctx up to it
constexpr size_t   SPLIT_PATH   = 4096;

// The parts of the request: the host, then the devices of the model.
class parts {
public:
    parts(lf_plan_request & request, const llama_model & model) : model(model), first(request.parts) {
        request.count = static_cast<int32_t>(model.devices.size()) + 1;
        if (request.count > request.capacity) {
            throw lf::failure{ LF_ERROR_ARGUMENT, std::to_string(request.capacity) + " parts for "
                + std::to_string(request.count) + " devices and the host" };
        }
        for (int32_t i = 0; i < request.count; i++) {
            first[i] = {};
            lf::describe_device(i == 0 ? lf::host_device() : model.devices[i - 1].dev, first[i].device);
        }
    }

    // Weights rearranged for the CPU say that they are not the host's, but belong to no other device either.
    lf_plan_part & of(ggml_backend_buffer_type_t type) const {
        if (!ggml_backend_buft_is_host(type)) {
            for (size_t i = 0; i < model.devices.size(); i++) {
                if (model.devices[i].dev == ggml_backend_buft_get_device(type)) {
                    return first[i + 1];
                }
            }
        }
        return host();
    }

    lf_plan_part & host() const { return first[0]; }

private:
    const llama_model & model;
    lf_plan_part *    first;
};

struct file_closer {
    void operator()(FILE * file) const { fclose(file); }
};
struct gguf_deleter {
    void operator()(gguf_context * gguf) const { gguf_free(gguf); }
};
using gguf_ptr = std::unique_ptr<gguf_context, gguf_deleter>;

// Where the tensors lie: file and first byte.
class tensor_table {
public:
    explicit tensor_table(const lf_model_request & request) {
        if (request.n_splits > 0) {
            for (int32_t i = 0; i < request.n_splits; i++) {
                add(read(request.splits[i], 0).get(), i);
            }
            return;
        }
        const gguf_ptr first = read(request.path, request.offset);
        add(first.get(), 0);
        const int64_t key   = gguf_find_key(first.get(), "split.count");
        const int     count = key < 0 ? 1 : gguf_get_val_u16(first.get(), key);
        char          prefix[SPLIT_PATH];
        if (count > 1 && llama_split_prefix(prefix, sizeof prefix, request.path, 0, count)) {
            for (int i = 1; i < count; i++) {
                char path[SPLIT_PATH];
                llama_split_path(path, sizeof path, prefix, i, count);
                add(read(path, 0).get(), i);
            }
        }
    }

    struct place {
        int    file;
        size_t start;
    };

    const place * find(const char * tensor) const {
        const auto found = places.find(tensor);
        return found == places.end() ? nullptr : &found->second;
    }

private:
    std::unordered_map<std::string, place> places;

    static gguf_ptr read(const char * path, int64_t offset) {
        const std::unique_ptr<FILE, file_closer> file(ggml_fopen(path, "rb"));
#if defined(_WIN32)
        const bool ok = file && _fseeki64(file.get(), offset, SEEK_SET) == 0;
#else
        const bool ok = file && fseeko(file.get(), offset, SEEK_SET) == 0;
#endif
        gguf_ptr gguf(ok ? gguf_init_from_file_ptr(file.get(), { /*no_alloc*/ true, /*ctx*/ nullptr }) : nullptr);
        if (!gguf) {
            throw lf::failure{ LF_ERROR_FAILED, std::string("no readable GGUF: ") + path };
        }
        return gguf;
    }

    void add(const gguf_context * gguf, int file) {
        for (int64_t i = 0; i < gguf_get_n_tensors(gguf); i++) {
            places.emplace(gguf_get_tensor_name(gguf, i),
                place{ file, gguf_get_data_offset(gguf) + gguf_get_tensor_offset(gguf, i) });
        }
    }
};

bool maps(const llama_model & model, const lf_model_request & request) {
    const auto mode = request.params.load_mode;
    if (!llama_mmap::SUPPORTED || (mode != LLAMA_LOAD_MODE_AUTO && mode != LLAMA_LOAD_MODE_MMAP && mode != LLAMA_LOAD_MODE_MMAP_MLOCK)) {
        return false;
    }
    return mode != LLAMA_LOAD_MODE_AUTO || std::all_of(model.devices.begin(), model.devices.end(), [](const llama_device & device) {
        ggml_backend_dev_props props;
        ggml_backend_dev_get_props(device.dev, &props);
        return props.caps.mmap_support;
    });
}

// As llama_model_base::load_tensors will allocate or map them.
void add_weights_to_come(const parts & out, const llama_model & model, const lf_model_request & request) {
    // llama.cpp makes one buffer of the tensors of one type; here that buffer is empty.
    std::map<ggml_backend_buffer_t, std::vector<const ggml_tensor *>> buffers;
    for (const auto & [_, tensor] : model.tensors_by_name) {
        buffers[tensor->buffer].push_back(tensor);
    }
    const bool mapping  = maps(model, request);
    const auto cpu_type = ggml_backend_dev_buffer_type(lf::host_device());
    std::vector<const ggml_tensor *> mapped_on_host;
    std::vector<std::pair<ggml_backend_buffer_type_t, std::vector<const ggml_tensor *>>> mapped;
    for (auto & [buffer, tensors] : buffers) {
        auto type   = ggml_backend_buffer_get_type(buffer);
        auto device = ggml_backend_buft_get_device(type);
        if (mapping && device && type == ggml_backend_dev_host_buffer_type(device)) {
            type   = cpu_type; // pinned memory is of no use to what is mapped
            device = nullptr;
        }
        device = device ? device : lf::host_device();
        ggml_backend_dev_props props;
        ggml_backend_dev_get_props(device, &props);
        if (mapping && props.caps.buffer_from_host_ptr && type == ggml_backend_dev_buffer_type(device)) {
            if (type == cpu_type) {
                mapped_on_host.insert(mapped_on_host.end(), tensors.begin(), tensors.end());
            } else {
                mapped.emplace_back(type, std::move(tensors));
            }
            continue;
        }
        lf_plan_part & part      = out.of(type);
        const size_t     alignment = ggml_backend_buft_get_alignment(type);
        for (const ggml_tensor * tensor : tensors) {
            part.weights += GGML_PAD(ggml_backend_buft_get_alloc_size(type, tensor), alignment);
        }
    }
    mapped.emplace_back(cpu_type, std::move(mapped_on_host));

    const tensor_table table(request);
    for (const auto & [type, tensors] : mapped) {
        std::map<int, std::pair<size_t, size_t>> ranges; // of each file: what lies between is mapped too
        for (const ggml_tensor * tensor : tensors) {
            if (const auto * place = table.find(tensor->name)) {
                const size_t end = place->start + ggml_nbytes(tensor);
                auto & range = ranges.emplace(place->file, std::make_pair(place->start, end)).first->second;
                range = { std::min(range.first, place->start), std::max(range.second, end) };
            }
        }
        for (const auto & [_, range] : ranges) {
            out.of(type).weights += range.second - range.first;
            out.of(type).mapped  += range.second - range.first;
        }
    }
}

bool is_mapped(ggml_backend_buffer_type_t type) {
    return strcmp(ggml_backend_buft_name(type), "CPU_Mapped") == 0;
}

void add_loaded_weights(const parts & out, const llama_model & model) {
    for (const auto & [type, bytes] : model.memory_breakdown()) {
        lf_plan_part & part = out.of(type);
        part.weights += bytes;
        part.mapped  += is_mapped(type) ? bytes : 0;
    }
}

void add_weights(const parts & out, const lf_plan_request & request, const llama_model & model) {
    if (request.load) {
        add_weights_to_come(out, model, *request.load);
    } else {
        add_loaded_weights(out, model);
    }
}

struct context_deleter {
    void operator()(llama_context * context) const {
        const lf::freeing freeing;
        llama_free(context);
    }
};

// Contexts of a model that was loaded without weights allocate nothing; for a while this one's do. It belongs to one request.
class with_allocation {
public:
    explicit with_allocation(llama_model & model) : model(model), without(model.hparams.no_alloc) { set(false); }
    ~with_allocation() { set(true); }

private:
    llama_model & model;
    const bool    without;

    void set(bool value) {
        if (without) { // a model in use is not written to
            model.hparams.no_alloc = value;
        }
    }
};

// What llama_context::output_reserve allocates for a batch that asks for all outputs that it may.
uint64_t output_bytes(const llama_model & model, uint64_t rows, bool embeddings) {
    uint64_t width = model.vocab.n_tokens();
    if (embeddings || model.arch == LLM_ARCH_T5) {
        width += model.hparams.n_embd_out();
    }
    return rows * width * sizeof(float);
}

void add_context(const parts & out, lf_plan_request & request, const llama_model & model, const llama_context & context) {
    for (const auto & [type, bytes] : context.memory_breakdown()) {
        out.of(type).kv_cache += bytes.context;
        out.of(type).compute  += bytes.compute;
    }
    const llama_cparams & params = context.get_cparams();
    out.host().compute += output_bytes(model, std::max(params.n_outputs_max, params.n_seq_max), params.embeddings);
    request.n_ctx       = static_cast<int32_t>(context.n_ctx());
}

// Doubles, because absurd sizes overflow integers.
double row_bytes(ggml_type type, uint32_t values) {
    return static_cast<double>(ggml_type_size(type)) * (values / ggml_blck_size(type) + 1);
}

// At least what the caches of most architectures take: every layer keeps every token.
double rough_cache_bytes(const llama_hparams & hparams, const llama_context_params & params) {
    const double sequences = std::max(params.n_seq_max, 1u);
    const double cells     = params.n_ctx + CONTEXT_STEP * (params.kv_unified ? 1 : sequences);
    double       bytes     = 0;
    for (uint32_t layer = 0; layer < hparams.n_layer_all; layer++) {
        bytes += cells * (row_bytes(params.type_k, hparams.n_embd_k_gqa(layer)) + row_bytes(params.type_v, hparams.n_embd_v_gqa(layer)));
        bytes += sequences * (1 + params.n_rs_seq) * (static_cast<double>(hparams.n_embd_r()) + hparams.n_embd_s()) * sizeof(float);
    }
    return bytes;
}

// At least what the compute buffers of most architectures take.
double rough_compute_bytes(const llama_model & model, const llama_context_params & params) {
    const llama_hparams & hparams = model.hparams;
    const double   tokens  = std::min(params.n_ubatch, params.n_ctx);
    const uint64_t outputs = llama_model_has_encoder(&model) ? params.n_batch : std::max(params.n_outputs_max, params.n_seq_max);
    double         widest  = 0;
    double         heads   = 0;
    for (uint32_t layer = 0; layer < hparams.n_layer_all; layer++) {
        const double head = hparams.n_head(layer);
        widest = std::max(widest, hparams.n_ff(layer) + std::max(hparams.n_expert_used(layer), 1u) * static_cast<double>(hparams.n_ff_exp(layer))
            + head * hparams.n_embd_head_k(layer) + hparams.n_embd_k_gqa(layer) + hparams.n_embd_v_gqa(layer));
        heads  = std::max(heads, head);
    }
    const bool   scores = params.flash_attn_type == LLAMA_FLASH_ATTN_TYPE_DISABLED || !model.devices.empty();
    const double keys   = static_cast<double>(params.n_ctx) + CONTEXT_STEP;
    return sizeof(float) * tokens * (4.0 * hparams.n_embd + 3 * widest + 2 * keys * (1 + (scores ? heads : 0) + 2 * hparams.indexer_n_head))
         + static_cast<double>(output_bytes(model, 2 * outputs, params.embeddings));
}

} // namespace

extern "C" int32_t lf_plan_bound(lf_plan_request * request) {
    return lf::guard("lf_plan_bound", [&]() -> int32_t {
        const llama_model & model = *request->model;
        request->count   = static_cast<int32_t>(model.devices.size()) + 1;
        request->weights = 0;
        request->mapped  = 0;
        for (const auto & [type, bytes] : model.memory_breakdown()) {
            request->weights += bytes;
            request->mapped  += is_mapped(type) ? bytes : 0;
        }
        request->bound = static_cast<uint64_t>(std::min(1e18,
            2 * (rough_cache_bytes(model.hparams, request->params) + rough_compute_bytes(model, request->params))));
        return LF_OK;
    });
}

extern "C" int32_t lf_plan_measure(lf_plan_request * request) {
    return lf::guard("lf_plan_measure", [&]() -> int32_t {
        const lf::registry_reader lock;
        llama_model & model = *request->model;
        const parts   out(*request, model);
        add_weights(out, *request, model);
        if (request->context) {
            add_context(out, *request, model, *request->context);
        } else {
            const lf::unbacked_buffers unbacked;
            const with_allocation      allocation(model);
            const std::unique_ptr<llama_context, context_deleter> context(lf::new_context(&model, request->params));
            if (!context) {
                throw lf::failure{ LF_ERROR_FAILED, "no context of " + std::to_string(request->params.n_ctx) + " tokens" };
            }
            add_context(out, *request, model, *context);
        }
        request->n_ctx_train = static_cast<int32_t>(model.hparams.n_ctx_train);
        return LF_OK;
    });
}
