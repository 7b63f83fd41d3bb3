// What upstream's chat sources need of common.cpp and log.cpp, which also hold what must not be here: threads, files, a
// logger that prints. Chat logs nothing: its lines hold prompts and answers.
#include "common/common.h"
#include "common/log.h"

int common_log_get_verbosity_thold(void) {
    return -1;
}

common_log * common_log_main() {
    return nullptr;
}

void common_log_add(common_log *, ggml_log_level, const char *, ...) {}

void string_replace_all(std::string & s, const std::string & search, const std::string & replace) {
    if (search.empty()) {
        return;
    }
    for (size_t at = 0; (at = s.find(search, at)) != std::string::npos; at += replace.size()) {
        s.replace(at, search.size(), replace);
    }
}

std::string string_join(const std::vector<std::string> & values, const std::string & separator) {
    std::string joined;
    for (size_t i = 0; i < values.size(); i++) {
        joined += (i > 0 ? separator : "") + values[i];
    }
    return joined;
}

std::vector<std::string> string_split(const std::string & str, const std::string & delimiter) {
    std::vector<std::string> parts;
    size_t                   begin = 0;
    for (size_t at; (at = str.find(delimiter, begin)) != std::string::npos; begin = at + delimiter.size()) {
        parts.push_back(str.substr(begin, at - begin));
    }
    parts.push_back(str.substr(begin));
    return parts;
}

std::string string_repeat(const std::string & str, size_t n) {
    std::string repeated;
    for (size_t i = 0; i < n; i++) {
        repeated += str;
    }
    return repeated;
}

std::string common_token_to_piece(const llama_vocab * vocab, llama_token token, bool special) {
    std::string   piece(16, '\0');
    const int32_t length = llama_token_to_piece(vocab, token, &piece[0], (int32_t) piece.size(), 0, special);
    piece.resize(length < 0 ? -length : length);
    if (length < 0) {
        llama_token_to_piece(vocab, token, &piece[0], (int32_t) piece.size(), 0, special);
    }
    return piece;
}

std::vector<llama_token> common_tokenize(const llama_vocab * vocab, const std::string & text, bool add_special, bool parse_special) {
    const auto               length = (int32_t) text.size();
    std::vector<llama_token> tokens(text.size() + 2);
    int32_t count = llama_tokenize(vocab, text.data(), length, tokens.data(), (int32_t) tokens.size(), add_special, parse_special);
    if (count < 0) {
        tokens.resize(-count);
        count = llama_tokenize(vocab, text.data(), length, tokens.data(), (int32_t) tokens.size(), add_special, parse_special);
    }
    tokens.resize(count < 0 ? 0 : count);
    return tokens;
}
