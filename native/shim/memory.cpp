// What llama.h does not tell about a context's memory, read from the memory object itself: nothing here clears and tries.
#include "crew.h"
#include "graphs.h"
#include "guard.h"

#include "llama-context.h"
#include "llama-kv-cache-dsa-iswa.h"
#include "llama-kv-cache-dsa.h"
#include "llama-kv-cache-dsv4.h"
#include "llama-kv-cache-iswa.h"
#include "llama-kv-cache-msa.h"
#include "llama-kv-cache.h"
#include "llama-memory-hybrid-idx.h"
#include "llama-memory-hybrid-iswa.h"
#include "llama-memory-hybrid.h"
#include "llama-memory-recurrent.h"
#include "llama-model.h"

#include "ggml-cpp.h"

#include <vector>

namespace {

// A memory, taken apart.
struct parts {
    int32_t                             kind   = LF_MEMORY_HYBRID; // what is not known can do least
    const llama_kv_cache *              base   = nullptr;          // a cell for each token
    llama_kv_cache *                    window = nullptr;          // the cells of layers that see the last tokens only
    llama_memory_recurrent *            state  = nullptr;
    bool                                opaque  = true;            // there is more, which cannot go back
    bool                                indexed = false;           // an index beside the keys
    std::vector<const llama_kv_cache *> caches;                    // all of them

    parts & of(int32_t memory_kind) {
        kind   = memory_kind;
        opaque = false;
        return *this;
    }

    parts & index(const llama_kv_cache * cache) {
        indexed = true;
        return tokens(cache);
    }

    parts & tokens(const llama_kv_cache * cache) {
        if (cache) {
            base = base ? base : cache;
            caches.push_back(cache);
        }
        return *this;
    }

    parts & windowed(llama_kv_cache * cache) {
        window = cache;
        caches.push_back(cache);
        return *this;
    }

    parts & states(llama_memory_recurrent * memory) {
        state = memory;
        return *this;
    }
};

// The derived classes before those that they extend.
parts parts_of(llama_memory_i * memory) {
    parts p;
    if (!memory) {
        return p.of(LF_MEMORY_NONE);
    }
    if (auto * m = dynamic_cast<llama_memory_hybrid_idx *>(memory)) {
        return p.of(LF_MEMORY_HYBRID).tokens(m->get_mem_attn()).index(m->get_mem_idx()).states(m->get_mem_recr());
    }
    if (auto * m = dynamic_cast<llama_memory_hybrid *>(memory)) {
        return p.of(LF_MEMORY_HYBRID).tokens(m->get_mem_attn()).states(m->get_mem_recr());
    }
    if (auto * m = dynamic_cast<llama_memory_hybrid_iswa *>(memory)) {
        return p.of(LF_MEMORY_HYBRID)
            .tokens(m->get_mem_attn()->get_base())
            .windowed(m->get_mem_attn()->get_swa())
            .states(m->get_mem_recr());
    }
    if (auto * m = dynamic_cast<llama_memory_recurrent *>(memory)) {
        return p.of(LF_MEMORY_RECURRENT).states(m);
    }
    if (auto * m = dynamic_cast<llama_kv_cache_iswa *>(memory)) {
        return p.of(LF_MEMORY_SLIDING_WINDOW).tokens(m->get_base()).windowed(m->get_swa());
    }
    if (auto * m = dynamic_cast<llama_kv_cache_dsa_iswa *>(memory)) {
        return p.of(LF_MEMORY_SLIDING_WINDOW)
            .tokens(m->get_dsa()->get_mla())
            .index(m->get_dsa()->get_lid())
            .windowed(m->get_swa());
    }
    if (auto * m = dynamic_cast<llama_kv_cache_dsa *>(memory)) {
        return p.of(LF_MEMORY_ATTENTION).tokens(m->get_mla()).index(m->get_lid());
    }
    if (auto * m = dynamic_cast<llama_kv_cache_msa *>(memory)) {
        return p.of(LF_MEMORY_ATTENTION).tokens(m->get_base()).index(m->get_idx());
    }
    if (auto * m = dynamic_cast<llama_kv_cache *>(memory)) {
        return p.of(LF_MEMORY_ATTENTION).tokens(m);
    }
    if (auto * m = dynamic_cast<llama_kv_cache_dsv4 *>(memory)) {
        // Its compressed rows are states: they cannot go back.
        return p.tokens(m->get_raw()->get_base())
            .tokens(m->get_raw()->get_swa())
            .tokens(m->get_csa())
            .tokens(m->get_hca())
            .tokens(m->get_lid());
    }
    return p;
}

int64_t bytes_of(const llama_memory_i * memory) {
    int64_t bytes = 0;
    for (const auto & part : memory->memory_breakdown()) {
        bytes += static_cast<int64_t>(part.second);
    }
    return bytes;
}

void require_sequence(const llama_context * context, int32_t seq_id) {
    if (seq_id < 0 || static_cast<uint32_t>(seq_id) >= context->n_seq_max()) {
        throw lf::failure{ LF_ERROR_ARGUMENT,
            "sequence " + std::to_string(seq_id) + " of " + std::to_string(context->n_seq_max()) };
    }
}

llama_memory_i * require_memory(const llama_context * context) {
    llama_memory_i * memory = context->get_memory();
    if (!memory) {
        throw lf::failure{ LF_ERROR_ARGUMENT, "the model has no memory" };
    }
    return memory;
}

llama_memory_i * checked(const lf_memory_request * request) {
    require_sequence(request->context, request->seq_id);
    return require_memory(request->context);
}

bool masked(const llama_hparams & hparams, llama_pos position, llama_pos at) {
    return llama_hparams::is_masked_swa(hparams.n_swa, hparams.swa_type, position, at);
}

// Tokens of a sequence before a position that a token there would look at.
int64_t visible(const llama_kv_cache & cache, const llama_hparams & hparams, int32_t seq_id, llama_pos at) {
    const llama_kv_cells & cells = cache.get_cells(seq_id);
    int64_t                count = 0;
    for (uint32_t i = 0; i < cells.size(); i++) {
        count += !cells.is_empty(i) && cells.seq_has(i, seq_id) && cells.pos_get(i) < at
            && !masked(hparams, cells.pos_get(i), at);
    }
    return count;
}

bool shared(const llama_kv_cache & cache, const lf_memory_request & request) {
    const llama_kv_cells & cells = cache.get_cells(request.seq_id);
    for (uint32_t i = 0; i < cells.size(); i++) {
        if (!cells.is_empty(i) && cells.seq_has(i, request.seq_id) && cells.seq_count(i) > 1
            && cells.pos_get(i) >= request.p0 && (request.p1 < 0 || cells.pos_get(i) < request.p1)) {
            return true;
        }
    }
    return false;
}

bool shared(const llama_memory_recurrent & state, int32_t seq_id) {
    for (const auto & cell : state.cells) {
        if (cell.has_seq_id(seq_id) && cell.seq_id.size() > 1) {
            return true;
        }
    }
    return false;
}

// Whether the graph that rotates the keys of shifted tokens can be computed, and computes what it should. llama.cpp asks only
// half of this, and answers the rest with an abort on a compute thread (BF16), a NULL pointer (quantised heads that it does
// not rotate), an assertion (no layer with positions), or wrong keys.
bool shiftable(const llama_kv_cache & cache, const llama_hparams & hparams) {
    if (hparams.rope_type == LLAMA_ROPE_TYPE_NONE) {
        return true;
    }
    if (cache.get_layer_ids().empty()) {
        return false;
    }
    const ggml_type type      = cache.type_k();
    const bool      quantised = ggml_is_quantized(type);
    if (!quantised && type != GGML_TYPE_F16 && type != GGML_TYPE_F32) {
        return false;
    }
    ggml_context_ptr    memory(ggml_init({ /*mem_size*/ ggml_tensor_overhead(), /*mem_buffer*/ nullptr, /*no_alloc*/ true }));
    const ggml_tensor * rotation = cache.build_input_k_rot(memory.get());
    if (quantised != (rotation != nullptr)) {
        return false;
    }
    bool any = false;
    for (const uint32_t layer : cache.get_layer_ids()) {
        if (!hparams.has_rope(layer)) {
            continue;
        }
        any                  = true;
        const int64_t n_rot  = hparams.n_rot(layer);
        const int64_t n_skip = hparams.n_lora_kv > 0 ? hparams.n_embd_head_k(layer) - n_rot : 0;
        if (rotation && (n_rot % rotation->ne[0] != 0 || n_skip % rotation->ne[0] != 0)) {
            return false;
        }
    }
    return any;
}

bool can_shift(llama_memory_i * memory, const parts & p, const llama_hparams & hparams) {
    if (!memory->get_can_shift() || p.opaque || p.indexed) {
        return false;
    }
    for (const llama_kv_cache * cache : p.caches) {
        if (!shiftable(*cache, hparams)) {
            return false;
        }
    }
    return true;
}

void update(llama_context * context, const parts & p) {
    lf::reserve_graphs(context);
    const lf::computing scope;
    context->memory_update(false);
    for (const llama_kv_cache * cache : p.caches) {
        if (cache->get_has_shift()) {
            throw lf::failure{ LF_ERROR_FAILED, "the keys of shifted tokens could not be computed" };
        }
    }
}

// Models for which llama_model::create_memory makes none.
bool keeps_nothing(llm_arch arch) {
    switch (arch) {
        case LLM_ARCH_BERT:
        case LLM_ARCH_JINA_BERT_V2:
        case LLM_ARCH_JINA_BERT_V3:
        case LLM_ARCH_NOMIC_BERT:
        case LLM_ARCH_NOMIC_BERT_MOE:
        case LLM_ARCH_NEO_BERT:
        case LLM_ARCH_EUROBERT:
        case LLM_ARCH_WAVTOKENIZER_DEC:
        case LLM_ARCH_MODERN_BERT:
        case LLM_ARCH_GEMMA_EMBEDDING:
        case LLM_ARCH_DREAM:
        case LLM_ARCH_LLADA:
        case LLM_ARCH_LLADA_MOE:
        case LLM_ARCH_RND1:
            return true;
        default:
            return false;
    }
}

} // namespace

extern "C" int32_t lf_model_memory_kind(const llama_model * model) {
    return lf::guard("lf_model_memory_kind", [&]() -> int32_t {
        if (keeps_nothing(model->arch)) {
            return LF_MEMORY_NONE;
        }
        if (llm_arch_is_recurrent(model->arch)) {
            return LF_MEMORY_RECURRENT;
        }
        if (llm_arch_is_hybrid(model->arch) || model->arch == LLM_ARCH_DEEPSEEK4) {
            return LF_MEMORY_HYBRID;
        }
        return model->hparams.swa_type == LLAMA_SWA_TYPE_NONE ? LF_MEMORY_ATTENTION : LF_MEMORY_SLIDING_WINDOW;
    });
}

extern "C" int32_t lf_memory_describe(llama_context * context, lf_memory_info * out) {
    return lf::guard("lf_memory_describe", [&]() -> int32_t {
        llama_memory_i * memory = context->get_memory();
        const parts      p      = parts_of(memory);
        *out                    = {};
        out->kind               = p.kind;
        out->n_stream           = 1;
        out->type_k             = -1;
        out->type_v             = -1;
        if (!memory) {
            return LF_OK;
        }
        out->bytes     = bytes_of(memory);
        out->can_shift = can_shift(memory, p, context->get_model().hparams);
        if (p.state) {
            out->n_rollback = static_cast<int32_t>(p.state->n_rs_seq);
            out->type_k     = GGML_TYPE_F32;
            out->type_v     = GGML_TYPE_F32;
        }
        if (p.base) {
            const bool rows = !p.base->get_layer_ids().empty();
            const llama_kv_cache * cache = rows ? p.base : p.window;
            out->n_stream     = static_cast<int32_t>(p.base->get_n_stream());
            out->can_truncate = !p.opaque && !p.state && (!p.window || p.window->get_size() == p.base->get_size());
            out->can_remove   = !p.opaque && !p.state;
            if (cache && !cache->get_layer_ids().empty()) {
                // With latent attention there are no values.
                const bool values = !context->get_model().hparams.is_mla() && !p.opaque;
                out->type_k       = cache->type_k();
                out->type_v       = values ? cache->type_v() : cache->type_k();
            }
        }
        return LF_OK;
    });
}

extern "C" int32_t lf_memory_seq_rm(const lf_memory_request * request) {
    return lf::guard("lf_memory_seq_rm", [&]() -> int32_t {
        return checked(request)->seq_rm(request->seq_id, request->p0, request->p1) ? 1 : 0;
    });
}

extern "C" int32_t lf_memory_seq_cp(lf_memory_request * request) {
    return lf::guard("lf_memory_seq_cp", [&]() -> int32_t {
        llama_memory_i * memory = checked(request);
        const int32_t    from   = request->seq_id;
        const int32_t    to     = request->to_seq_id;
        require_sequence(request->context, to);
        if (from == to || memory->seq_pos_max(to) >= 0) {
            throw lf::failure{ LF_ERROR_ARGUMENT, "sequence " + std::to_string(to) + " is not empty" };
        }
        const parts p  = parts_of(memory);
        request->bytes = 0;
        for (const llama_kv_cache * cache : p.caches) {
            if (&cache->get_cells(from) != &cache->get_cells(to)) {
                request->bytes += bytes_of(cache) / cache->get_n_stream();
            }
        }
        memory->seq_cp(from, to, -1, -1);
        if (p.state && p.state->n_rs_seq > 0) {
            // llama.cpp copies the state but not which of its snapshots is the current one.
            p.state->set_rs_idx(to, p.state->rs_idx[from]);
        }
        if (request->bytes > 0) {
            update(request->context, p);
        }
        return LF_OK;
    });
}

extern "C" int32_t lf_memory_seq_add(const lf_memory_request * request) {
    return lf::guard("lf_memory_seq_add", [&]() -> int32_t {
        llama_memory_i * memory = checked(request);
        if (!can_shift(memory, parts_of(memory), request->context->get_model().hparams)) {
            throw lf::failure{ LF_ERROR_ARGUMENT, "this memory cannot shift" };
        }
        memory->seq_add(request->seq_id, request->p0, request->p1, request->shift);
        return LF_OK;
    });
}

extern "C" int32_t lf_memory_update(llama_context * context) {
    return lf::guard("lf_memory_update", [&]() -> int32_t {
        update(context, parts_of(require_memory(context)));
        return LF_OK;
    });
}

extern "C" int32_t lf_memory_used(const lf_memory_request * request) {
    return lf::guard("lf_memory_used", [&]() -> int32_t {
        require_sequence(request->context, request->seq_id);
        const parts p = parts_of(request->context->get_memory());
        return p.base ? static_cast<int32_t>(p.base->get_cells(request->seq_id).get_used()) : 0;
    });
}

extern "C" int32_t lf_memory_shared(const lf_memory_request * request) {
    return lf::guard("lf_memory_shared", [&]() -> int32_t {
        const parts p = parts_of(checked(request));
        for (const llama_kv_cache * cache : p.caches) {
            if (shared(*cache, *request)) {
                return 1;
            }
        }
        return p.state && shared(*p.state, request->seq_id) ? 1 : 0;
    });
}

extern "C" int32_t lf_memory_window_kept(const lf_memory_request * request) {
    return lf::guard("lf_memory_window_kept", [&]() -> int32_t {
        const parts p = parts_of(checked(request));
        if (!p.window) {
            return 1;
        }
        const llama_hparams & hparams = request->context->get_model().hparams;
        return visible(*p.window, hparams, request->seq_id, request->p0)
                == visible(*p.base, hparams, request->seq_id, request->p0)
            ? 1
            : 0;
    });
}

extern "C" int32_t lf_memory_drop_masked(llama_context * context) {
    return lf::guard("lf_memory_drop_masked", [&]() -> int32_t {
        const parts p = parts_of(require_memory(context));
        if (!p.window) {
            return 0;
        }
        const llama_hparams & hparams = context->get_model().hparams;
        int32_t               freed   = 0;
        for (uint32_t s = 0; s < context->n_seq_max(); s++) {
            const auto             seq_id = static_cast<llama_seq_id>(s);
            const llama_kv_cells & cells  = p.window->get_cells(seq_id);
            const llama_pos        next   = cells.seq_pos_max(seq_id) + 1;
            llama_pos              first  = next;
            for (uint32_t i = 0; i < cells.size(); i++) {
                if (!cells.is_empty(i) && cells.seq_has(i, seq_id) && !masked(hparams, cells.pos_get(i), next)) {
                    first = std::min(first, cells.pos_get(i));
                }
            }
            const auto used = static_cast<int32_t>(cells.get_used());
            if (first > 0) {
                p.window->seq_rm(seq_id, 0, first);
            }
            freed += used - static_cast<int32_t>(cells.get_used());
        }
        return freed;
    });
}
