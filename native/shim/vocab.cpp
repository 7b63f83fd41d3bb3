#include "big_stack.h"
#include "guard.h"

#include <climits>

namespace {

// A few vocabularies recurse for each character of a run of letters (libstdc++'s std::regex). Up to this length the
// thread's own stack may be enough.
constexpr int64_t SMALL_TEXT      = 1024;
constexpr size_t  SMALL_STACK     = 64u << 10;
constexpr size_t  BASE_STACK      = 64u << 20;
constexpr size_t  STACK_PER_BYTE  = 768 * lf::FRAME_FACTOR;

void require_token(const llama_vocab * vocab, int32_t token) {
    const int32_t n_tokens = llama_vocab_n_tokens(vocab);
    if (token < 0 || token >= n_tokens) {
        throw lf::failure{ LF_ERROR_ARGUMENT,
            "token " + std::to_string(token) + " is not in the vocabulary of " + std::to_string(n_tokens) };
    }
}

// llama.cpp's way to say how much room is needed: the negative of it.
int32_t needed(int32_t result) {
    if (result == INT32_MIN) {
        throw lf::failure{ LF_ERROR_FAILED, "the result has more than 2^31 elements" };
    }
    return result < 0 ? -result : result;
}

void tokenize(lf_tokenize_request * request) {
    request->count = needed(llama_tokenize(request->vocab, request->text, static_cast<int32_t>(request->text_length),
                                           request->tokens, request->capacity, request->add_special, request->parse_special));
}

} // namespace

extern "C" int32_t lf_tokenize(lf_tokenize_request * request) {
    return lf::guard("lf_tokenize", [&]() -> int32_t {
        if (request->text_length < 0 || request->text_length > INT32_MAX) {
            throw lf::failure{ LF_ERROR_ARGUMENT, "text of " + std::to_string(request->text_length) + " bytes" };
        }
        const size_t grown = STACK_PER_BYTE * static_cast<size_t>(request->text_length);
        if (request->text_length <= SMALL_TEXT && lf::stack_left() >= SMALL_STACK + grown) {
            tokenize(request);
            return LF_OK;
        }
        lf::guarded_on_big_stack("lf_tokenize", BASE_STACK + grown, [&] { tokenize(request); });
        return LF_OK;
    });
}

extern "C" int32_t lf_detokenize(lf_detokenize_request * request) {
    return lf::guard("lf_detokenize", [&]() -> int32_t {
        for (int32_t i = 0; i < request->n_tokens; i++) {
            require_token(request->vocab, request->tokens[i]);
        }
        request->length = needed(llama_detokenize(request->vocab, request->tokens, request->n_tokens, request->text,
                                                  request->capacity, /*remove_special*/ false, /*unparse_special*/ false));
        return LF_OK;
    });
}

extern "C" int32_t lf_token_describe(const llama_vocab * vocab, lf_token_info * out, int32_t token) {
    return lf::guard("lf_token_describe", [&]() -> int32_t {
        require_token(vocab, token);
        if (llama_vocab_type(vocab) == LLAMA_VOCAB_TYPE_NONE) {
            throw lf::failure{ LF_ERROR_FAILED, "the model has " + std::to_string(llama_vocab_n_tokens(vocab))
                + " tokens, and no vocabulary that says what they are" };
        }
        *out = { llama_vocab_get_text(vocab, token), llama_vocab_get_score(vocab, token),
                 static_cast<int32_t>(llama_vocab_get_attr(vocab, token)) };
        return LF_OK;
    });
}

extern "C" int32_t lf_token_to_piece(const llama_vocab * vocab, const lf_piece * piece, int32_t token) {
    return lf::guard("lf_token_to_piece", [&]() -> int32_t {
        require_token(vocab, token);
        return llama_token_to_piece(vocab, token, piece->data, piece->capacity, /*lstrip*/ 0, piece->special);
    });
}

extern "C" int32_t lf_vocab_eog_tokens(const llama_vocab * vocab, int32_t * out, int32_t capacity) {
    return lf::guard("lf_vocab_eog_tokens", [&]() -> int32_t {
        int32_t count = 0;
        for (int32_t token = 0; token < llama_vocab_n_tokens(vocab); token++) {
            if (llama_vocab_is_eog(vocab, token)) {
                if (count < capacity) {
                    out[count] = token;
                }
                count++;
            }
        }
        return count;
    });
}
