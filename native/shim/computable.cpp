#include "computable.h"

#include "guard.h"

#include "ggml-backend.h"
#include "llama-context.h"
#include "llama-model.h"

namespace {

bool is_float(ggml_type type) {
    return type == GGML_TYPE_F32 || type == GGML_TYPE_F16 || type == GGML_TYPE_BF16;
}

// The two quantisations of activations are no types of weights.
bool is_quantised_weight(ggml_type type) {
    return ggml_is_quantized(type) && type != GGML_TYPE_Q8_1 && type != GGML_TYPE_Q8_K;
}

// A weight that was reshaped or transposed is still that weight.
const ggml_tensor * weight_of(const ggml_tensor * tensor) {
    while (tensor && tensor->view_src) {
        tensor = tensor->view_src;
    }
    return tensor && tensor->op == GGML_OP_NONE && tensor->buffer
            && ggml_backend_buffer_get_usage(tensor->buffer) == GGML_BACKEND_BUFFER_USAGE_WEIGHTS
        ? tensor
        : nullptr;
}

// binary-ops.cpp: the second operand is never converted up.
bool is_binary(ggml_type a, ggml_type b, ggml_type result) {
    return (a == b && a == result && is_float(a))
        || ((a == GGML_TYPE_F16 || a == GGML_TYPE_BF16) && b == GGML_TYPE_F32 && (result == a || result == GGML_TYPE_F32));
}

// As ggml_compute_forward of ggml-cpu.c and what it calls switch on types, for a source that is a weight.
bool takes(const ggml_tensor & node, int source) {
    const ggml_type type = node.src[source]->type;
    switch (node.op) {
        case GGML_OP_NONE:
        case GGML_OP_RESHAPE:
        case GGML_OP_VIEW:
        case GGML_OP_PERMUTE:
        case GGML_OP_TRANSPOSE:
            return true;
        case GGML_OP_MUL_MAT:
        case GGML_OP_MUL_MAT_ID:
            return source == 0 ? is_float(type) || is_quantised_weight(type) : type == (source == 1 ? GGML_TYPE_F32 : GGML_TYPE_I32);
        case GGML_OP_GET_ROWS:
            return source == 0 ? is_float(type) || is_quantised_weight(type) || type == GGML_TYPE_I32 : type == GGML_TYPE_I32;
        case GGML_OP_ADD:
            if (is_quantised_weight(node.src[0]->type)) {
                return node.src[1]->type == GGML_TYPE_F32;
            }
            [[fallthrough]];
        case GGML_OP_SUB:
        case GGML_OP_MUL:
        case GGML_OP_DIV:
            return is_binary(node.src[0]->type, node.src[1]->type, node.type);
        case GGML_OP_CPY:
        case GGML_OP_CONT:
        case GGML_OP_DUP:
            return is_float(type) || is_quantised_weight(type) || type == GGML_TYPE_I32;
        case GGML_OP_IM2COL:
        case GGML_OP_CONV_2D:
        case GGML_OP_CONV_2D_DW:
        case GGML_OP_CONV_TRANSPOSE_1D:
        case GGML_OP_CONV_TRANSPOSE_2D:
            return type == GGML_TYPE_F32 || type == GGML_TYPE_F16;
        case GGML_OP_UNARY:
        case GGML_OP_REPEAT:
        case GGML_OP_CONCAT:
            return is_float(type);
        default:
            return type == GGML_TYPE_F32;
    }
}

[[noreturn]] void refuse(const ggml_tensor & weight, const char * operation) {
    throw lf::failure{ LF_ERROR_FAILED, std::string("the weights ") + weight.name + " are of type " + ggml_type_name(weight.type)
        + ", which " + operation + " does not take" };
}

// A GPU says itself what it takes, and aborts on the calling thread.
bool is_on_host(const ggml_tensor & node, const ggml_tensor & weight) {
    ggml_backend_dev_t device = ggml_backend_buft_get_device(ggml_backend_buffer_get_type(weight.buffer));
    return !device || ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_CPU || !ggml_backend_dev_supports_op(device, &node);
}

void require_graph(ggml_cgraph * graph) {
    for (int i = 0; i < ggml_graph_n_nodes(graph); i++) {
        ggml_tensor * node = ggml_graph_node(graph, i);
        for (int source = 0; source < GGML_MAX_SRC; source++) {
            const ggml_tensor * weight = weight_of(node->src[source]);
            if (weight && !takes(*node, source) && is_on_host(*node, *weight)) {
                refuse(*weight, ggml_op_desc(node));
            }
        }
    }
}

// No graph of an encoder is reserved. What has one dimension there is added or multiplied with, the rest are matrices.
void require_encoder(const llama_model & model) {
    for (const auto & [name, weight] : model.tensors_by_name) {
        if (name.rfind("enc.", 0) != 0) {
            continue;
        }
        const bool matrix = ggml_n_dims(weight) > 1 && name.find("norm") == std::string::npos;
        if (weight->type != GGML_TYPE_F32 && !(matrix && (is_float(weight->type) || is_quantised_weight(weight->type)))) {
            refuse(*weight, "an encoder");
        }
    }
}

} // namespace

void lf::require_computable(const llama_context & context) {
    const llm_graph_result * reserved = context.get_gf_res_reserve();
    if (reserved && reserved->get_gf()) {
        require_graph(reserved->get_gf());
    }
    require_encoder(context.get_model());
}
