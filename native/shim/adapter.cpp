#include "device.h"
#include "graphs.h"
#include "guard.h"
#include "registry.h"

#include "llama-context.h"
#include "llama-model.h"

#include <cstring>
#include <mutex>

namespace lf {

std::shared_mutex & lora_mutex() {
    static std::shared_mutex mutex;
    return mutex;
}

llama_context * new_context(llama_model * model, const llama_context_params & params) {
    const std::shared_lock<std::shared_mutex> lock(lora_mutex());
    return llama_init_from_model(model, params);
}

void reserve_graphs(llama_context * context) {
    const std::shared_lock<std::shared_mutex> lock(lora_mutex());
    context->sched_reserve();
}

} // namespace lf

extern "C" int32_t lf_model_tensor(lf_tensor_request * request) {
    return lf::guard("lf_model_tensor", [&]() -> int32_t {
        const ggml_tensor * tensor = request->model->get_tensor(request->name);
        if (!tensor) {
            return 0;
        }
        memcpy(request->shape, tensor->ne, sizeof(request->shape));
        return 1;
    });
}

extern "C" llama_adapter_lora * lf_lora_load(const lf_lora_request * request) {
    return lf::guard("lf_lora_load", [&]() -> llama_adapter_lora * {
        const lf::registry_reader                 registry;
        const std::unique_lock<std::shared_mutex> lock(lf::lora_mutex());
        llama_adapter_lora * lora = llama_adapter_lora_init(request->model, request->path);
        if (!lora) {
            throw lf::failure{ LF_ERROR_FAILED, request->path };
        }
        return lora;
    });
}

extern "C" void lf_lora_free(llama_adapter_lora * lora) {
    lf::guard("lf_lora_free", [&] {
        if (lf::lost_device(*lora->model)) {
            return;
        }
        const lf::freeing                         freeing;
        const std::unique_lock<std::shared_mutex> lock(lf::lora_mutex());
        llama_adapter_lora_free(lora);
    });
}

extern "C" int32_t lf_adapters_set(const lf_adapters_request * request) {
    return lf::guard("lf_adapters_set", [&]() -> int32_t {
        const lf::registry_reader lock;
        llama_context * context = request->context;
        if (llama_set_adapters_lora(context, const_cast<llama_adapter_lora **>(request->loras), request->n_loras,
                                    const_cast<float *>(request->scales)) != 0) {
            throw lf::failure{ LF_ERROR_FAILED, std::to_string(request->n_loras) + " LoRA adapters were refused" };
        }
        if (llama_set_adapter_cvec(context, request->vector, static_cast<size_t>(request->vector_length),
                                   request->n_embd, 1, llama_model_n_layer(llama_get_model(context))) != 0) {
            throw lf::failure{ LF_ERROR_FAILED, "the control vector was refused" };
        }
        lf::reserve_graphs(context);
        return LF_OK;
    });
}
