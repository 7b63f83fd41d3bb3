#include "guard.h"

// What llama_memory_seq_rm cannot bring back after a decode that was stopped.

extern "C" int32_t lf_checkpoint_take(lf_checkpoint * checkpoint) {
    return lf::guard("lf_checkpoint_take", [&]() -> int32_t {
        const llama_state_seq_flags flags = LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY;
        const size_t needed = llama_state_seq_get_size_ext(checkpoint->context, checkpoint->seq_id, flags);
        checkpoint->size    = static_cast<int64_t>(needed);
        if (needed == 0) {
            throw lf::failure{ LF_ERROR_FAILED, "no state of sequence " + std::to_string(checkpoint->seq_id) };
        }
        if (checkpoint->size > checkpoint->capacity) {
            return LF_OK;
        }
        const size_t written = llama_state_seq_get_data_ext(
            checkpoint->context, static_cast<uint8_t *>(checkpoint->data), needed, checkpoint->seq_id, flags);
        if (written != needed) {
            throw lf::failure{ LF_ERROR_FAILED, std::to_string(written) + " of " + std::to_string(needed) + " bytes" };
        }
        return LF_OK;
    });
}

extern "C" int32_t lf_checkpoint_restore(const lf_checkpoint * checkpoint) {
    return lf::guard("lf_checkpoint_restore", [&]() -> int32_t {
        const size_t size = static_cast<size_t>(checkpoint->size);
        const size_t read = llama_state_seq_set_data_ext(
            checkpoint->context, static_cast<const uint8_t *>(checkpoint->data), size, checkpoint->seq_id,
            LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY);
        if (read != size) {
            throw lf::failure{ LF_ERROR_FAILED, "sequence " + std::to_string(checkpoint->seq_id) + " cannot go back" };
        }
        return LF_OK;
    });
}
