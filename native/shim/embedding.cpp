#include "guard.h"

#include "llama-model.h"

#include <cstring>

namespace {

// llama.cpp copies n_cls_out floats per sequence, whatever the head makes.
int32_t rank_outputs(const llama_model & model) {
    const ggml_tensor * head    = model.cls_out ? model.cls_out : model.cls;
    const auto          outputs = static_cast<int64_t>(model.hparams.n_cls_out);
    return head && head->ne[1] == outputs ? static_cast<int32_t>(outputs) : 0;
}

} // namespace

extern "C" int32_t lf_model_get_traits(const llama_model * model, struct lf_model_traits * out) {
    return lf::guard("lf_model_get_traits", [&]() -> int32_t {
        // As the file says, which may be no value of the enum.
        memcpy(&out->pooling_type, &model->hparams.pooling_type, sizeof out->pooling_type);
        out->rank_outputs  = rank_outputs(*model);
        out->max_positions = model->pos_embd ? static_cast<int32_t>(model->pos_embd->ne[1]) : 0;
        out->causal        = model->hparams.causal_attn;
        return LF_OK;
    });
}
