#include "guard.h"

#include "llama-arch.h"
#include "llama-context.h"
#include "llama-io.h"
#include "llama-memory.h"
#include "llama-model.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <sstream>
#include <vector>

namespace {

// Bytes of a cell in a state, at least.
constexpr int64_t LEAST_CELL = 8;

// Cells that the state which this thread reads can have.
thread_local int64_t most_cells = INT64_MAX;

struct limited {
    explicit limited(int64_t bytes) { most_cells = bytes / LEAST_CELL; }
    ~limited() { most_cells = INT64_MAX; }
    limited(const limited &)             = delete;
    limited & operator=(const limited &) = delete;
};

// Upstream's own writers and readers hold the whole state in memory once more, or take paths. These pass it on in pieces.
// Small enough for the processor's cache, and for malloc to keep.
constexpr size_t PIECE = 1 << 18;

void require_transfer(const lf_state_request & request, const void * data, size_t size) {
    if (request.transfer(static_cast<int64_t>(reinterpret_cast<uintptr_t>(data)), static_cast<int64_t>(size)) != 1) {
        throw lf::failure{ LF_ERROR_FAILED, "the caller refused " + std::to_string(size) + " bytes" };
    }
}

class counter : public llama_io_write_i {
public:
    void write(const void *, size_t size) override { total += size; }
    void write_tensor(ggml_tensor *, size_t, size_t size) override { total += size; }
    size_t n_bytes() override { return total; }

private:
    size_t total = 0;
};

class writer : public llama_io_write_i {
public:
    explicit writer(const lf_state_request & request) : request(request), buffer(PIECE) {}

    void write(const void * src, size_t size) override {
        pieces(size, [&](size_t done, size_t n) { memcpy(&buffer[used], static_cast<const uint8_t *>(src) + done, n); });
    }

    void write_tensor(ggml_tensor * tensor, size_t offset, size_t size) override {
        pieces(size, [&](size_t done, size_t n) { ggml_backend_tensor_get(tensor, &buffer[used], offset + done, n); });
    }

    size_t n_bytes() override { return total; }

    void flush() {
        if (used > 0) {
            require_transfer(request, buffer.data(), used);
            used = 0;
        }
    }

private:
    template <typename F>
    void pieces(size_t size, F && copy) {
        for (size_t done = 0; done < size;) {
            if (used == buffer.size()) {
                flush();
            }
            const size_t n = std::min(size - done, buffer.size() - used);
            copy(done, n);
            used += n;
            done += n;
        }
        total += size;
    }

    const lf_state_request & request;
    std::vector<uint8_t>     buffer;
    size_t                   used  = 0;
    size_t                   total = 0;
};

class reader : public llama_io_read_i {
public:
    explicit reader(const lf_state_request & request) : request(request), buffer(PIECE) {}

    void read(void * dst, size_t size) override {
        pieces(size, [&](size_t done, size_t n) { memcpy(static_cast<uint8_t *>(dst) + done, &buffer[begin], n); });
    }

    void read_tensor(ggml_tensor * tensor, size_t offset, size_t size) override {
        pieces(size, [&](size_t done, size_t n) { ggml_backend_tensor_set(tensor, &buffer[begin], offset + done, n); });
    }

    size_t n_bytes() override { return total; }

private:
    template <typename F>
    void pieces(size_t size, F && copy) {
        if (size > static_cast<size_t>(request.size) - total) {
            throw lf::failure{ LF_ERROR_FAILED, "the state ends after " + std::to_string(request.size) + " bytes" };
        }
        for (size_t done = 0; done < size;) {
            if (begin == end) {
                begin = 0;
                end   = std::min(buffer.size(), static_cast<size_t>(request.size) - total - done);
                require_transfer(request, buffer.data(), end);
            }
            const size_t n = std::min(size - done, end - begin);
            copy(done, n);
            begin += n;
            done += n;
        }
        total += size;
    }

    const lf_state_request & request;
    std::vector<uint8_t>     buffer;
    size_t                   begin = 0;
    size_t                   end   = 0;
    size_t                   total = 0;
};

llama_memory_i * memory_of(const lf_state_request & request) {
    llama_memory_i * memory = llama_get_memory(request.context);
    if (!memory) {
        throw lf::failure{ LF_ERROR_ARGUMENT, "the model has no memory" };
    }
    request.context->synchronize();
    return memory;
}

// A stream whose text is whole: by default it swallows that memory ran out, and goes on with less.
struct text_stream : std::ostringstream {
    text_stream() { exceptions(std::ios::badbit | std::ios::failbit); }
};

// "30" where all layers are equal, else "8x30 4x15": a value per layer, run by run.
std::string per_layer(const llama_hparams & hparams, const std::function<uint32_t(uint32_t)> & value) {
    text_stream out;
    const uint32_t     n = hparams.n_layer();
    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && value(to) == value(from);) {
            to++;
        }
        out << (from == 0 ? "" : " ");
        if (to - from < n) {
            out << to - from << "x";
        }
        out << value(from);
    }
    return out.str();
}

class facts {
public:
    template <typename... T>
    void add(const char * name, const T &... values) {
        text_stream text;
        text.precision(9);
        bool first = true;
        ((text << (first ? "" : " ") << values, first = false), ...);
        out += std::string(name) + "\t" + text.str() + "\n";
    }

    const std::string & text() const { return out; }

private:
    std::string out;
};

std::string tensor_table(const llama_model & model) {
    std::vector<std::string> lines;
    for (const auto & [name, tensor] : model.tensors_by_name) {
        text_stream line;
        line << name << " " << ggml_type_name(tensor->type);
        for (const int64_t n : tensor->ne) {
            line << " " << n;
        }
        lines.push_back(line.str());
    }
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    uint64_t hash = 0xcbf29ce484222325; // FNV-1a
    for (const std::string & line : lines) {
        for (const char c : line + "\n") {
            hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
        }
    }
    text_stream out;
    out << lines.size() << " tensors " << std::hex << hash;
    return out.str();
}

std::string facts_of(const llama_context & context) {
    const llama_model   & model   = context.get_model();
    const llama_hparams & h       = model.hparams;
    const llama_cparams & c       = context.get_cparams();
    const bool            swa     = h.swa_type != LLAMA_SWA_TYPE_NONE;
    const bool            no_rot  = getenv("LLAMA_ATTN_ROT_DISABLE") && atoi(getenv("LLAMA_ATTN_ROT_DISABLE")) != 0;
    const bool            factors = !model.layers.empty() && (model.layers[0].rope_long || model.layers[0].rope_short);
    facts                 f;
    f.add("architecture", llm_arch_name(model.arch));
    f.add("layers", h.n_layer(), h.n_layer_all);
    f.add("embedding size", h.n_embd);
    f.add("heads", per_layer(h, [&](uint32_t il) { return h.n_head(il); }));
    f.add("key and value heads", per_layer(h, [&](uint32_t il) { return h.n_head_kv(il); }));
    f.add("key head size", per_layer(h, [&](uint32_t il) { return h.n_embd_head_k(il); }));
    f.add("value head size", per_layer(h, [&](uint32_t il) { return h.n_embd_head_v(il); }));
    f.add("feed-forward size", per_layer(h, [&](uint32_t il) { return h.n_ff(il); }));
    f.add("experts", h.n_expert, h.n_expert > 0 ? h.n_expert_used_max() : 0);
    f.add("norm epsilon", h.f_norm_eps, h.f_norm_rms_eps);
    f.add("rope dimensions", per_layer(h, [&](uint32_t il) { return h.n_rot(il); }));
    f.add("rope type", static_cast<int>(h.rope_type));
    f.add("rope base", c.rope_freq_base, h.rope_freq_base_train_swa);
    f.add("rope scale", c.rope_freq_scale, h.rope_freq_scale_train_swa);
    f.add("rope scaling", static_cast<int>(c.rope_scaling_type), c.n_ctx_orig_yarn, c.yarn_ext_factor, c.yarn_attn_factor,
          c.yarn_beta_fast, c.yarn_beta_slow, h.rope_attn_factor);
    f.add("rope factors", !factors ? "none" : c.n_ctx_seq > h.n_ctx_orig_yarn ? "long" : "short");
    f.add("attention", c.causal_attn ? "causal" : "not causal");
    f.add("attention scales", h.f_attention_scale, h.f_attn_out_scale, h.attn_soft_cap ? h.f_attn_logit_softcapping : 0,
          h.f_clamp_kqv, h.use_alibi ? h.f_max_alibi_bias : 0);
    f.add("scales", h.f_residual_scale, h.f_embedding_scale, h.f_logit_scale);
    f.add("sliding window", static_cast<int>(h.swa_type), h.n_swa,
          swa ? per_layer(h, [&](uint32_t il) { return h.is_swa(il) ? 1 : 0; }) : "0");
    f.add("recurrent layers", per_layer(h, [&](uint32_t il) { return h.is_recr(il) ? 1 : 0; }));
    f.add("recurrent sizes", h.ssm_d_conv, h.ssm_d_inner, h.ssm_d_state, h.ssm_dt_rank, h.ssm_n_group, h.wkv_head_size,
          h.token_shift_count, h.n_shortconv_l_cache, h.n_embd_head_kda);
    f.add("flash attention", c.flash_attn ? "on" : "off, values transposed");
    f.add("cache rotation", no_rot ? "off" : "on");
    f.add("streams", c.kv_unified ? 1 : c.n_seq_max);
    f.add("tensor table", tensor_table(model));
    return f.text();
}

} // namespace

extern "C" int64_t lf_state_facts(const llama_context * context, char * out, int64_t capacity) {
    return lf::guard("lf_state_facts", [&]() -> int64_t {
        const std::string text = facts_of(*context);
        memcpy(out, text.data(), std::min(text.size(), static_cast<size_t>(capacity)));
        return static_cast<int64_t>(text.size());
    });
}

extern "C" int64_t lf_state_size(const lf_state_request * request) {
    return lf::guard("lf_state_size", [&]() -> int64_t {
        counter io;
        memory_of(*request)->state_write(io, request->seq_id, LLAMA_STATE_SEQ_FLAGS_NONE);
        return static_cast<int64_t>(io.n_bytes());
    });
}

extern "C" int64_t lf_state_write(const lf_state_request * request) {
    return lf::guard("lf_state_write", [&]() -> int64_t {
        writer io(*request);
        memory_of(*request)->state_write(io, request->seq_id, LLAMA_STATE_SEQ_FLAGS_NONE);
        io.flush();
        return static_cast<int64_t>(io.n_bytes());
    });
}

extern "C" int64_t lf_state_read(const lf_state_request * request) {
    return lf::guard("lf_state_read", [&]() -> int64_t {
        llama_memory_i * memory = memory_of(*request);
        reader           io(*request);
        const limited    scope(request->size);
        try {
            memory->state_read(io, request->seq_id, LLAMA_STATE_SEQ_FLAGS_NONE);
            if (io.n_bytes() != static_cast<size_t>(request->size)) {
                throw lf::failure{ LF_ERROR_FAILED, std::to_string(io.n_bytes()) + " of " +
                    std::to_string(request->size) + " bytes were read" };
            }
        } catch (const lf::abort_error &) {
            throw;
        } catch (...) {
            // Of a memory of two parts the first may be restored already.
            if (request->seq_id < 0) {
                memory->clear(true);
            } else {
                memory->seq_rm(request->seq_id, -1, -1);
            }
            throw;
        }
        return static_cast<int64_t>(io.n_bytes());
    });
}

extern "C" LF_API void lf_state_number(const char * name, const void * value);

// From the memories' own code (native/state_checks.h).
void lf_state_number(const char * name, const void * value) {
    if (strcmp(name, "&pos") == 0 && *static_cast<const llama_pos *>(value) < 0) {
        throw lf::failure{ LF_ERROR_FAILED, "the state has a cell at position " + std::to_string(*static_cast<const llama_pos *>(value)) };
    }
    if (strcmp(name, "&cell_count") == 0 && *static_cast<const uint32_t *>(value) > most_cells) {
        throw lf::failure{ LF_ERROR_FAILED, "the state names " + std::to_string(*static_cast<const uint32_t *>(value)) +
            " cells, and has bytes for " + std::to_string(most_cells) };
    }
}
