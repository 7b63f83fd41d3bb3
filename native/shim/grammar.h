// A grammar that masks candidates, from the first token on or from a trigger on.
#pragma once

#include "llamaffm.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

struct llama_grammar;

namespace lf {

// llama.cpp's own sampler prints errors to stderr, aborts where an answer ends too early, and runs std::regex, which
// recurses for each character, over all that was generated.
class grammar {
public:
    grammar(const llama_vocab * vocab, const lf_grammar_request & request, lf_grammar_state * state);
    grammar(const grammar & other, lf_grammar_state * state);

    // Gives every candidate that is not allowed a logit of -INFINITY. While it waits, it allows everything.
    void apply(llama_token_data_array * candidates) const;
    bool allows(llama_token token) const;

    void accept(llama_token token);
    void trigger_at(int64_t start);
    void reset();

    const lf_grammar_state & state() const { return *shown; }

private:
    struct deleter {
        void operator()(llama_grammar * grammar) const;
    };

    using pointer = std::unique_ptr<llama_grammar, deleter>;

    static pointer parse(const llama_vocab * vocab, const lf_grammar_request & request);

    void find_word(size_t from);
    void trigger(size_t start);
    void forget_text();
    void show();
    void apply(llama_token_data_array * candidates, size_t longest) const;

    const llama_vocab *      vocab;
    pointer                  first; // as it begins
    pointer                  now;
    std::vector<llama_token> trigger_tokens;
    std::vector<std::string> trigger_words;
    bool                     trigger_patterns;
    size_t                   longest_word  = 0;
    size_t                   longest_piece = 0;
    bool                     waiting;

    // What was generated while it waits: bytes, and each token with where its bytes end.
    std::string                                 text;
    std::vector<std::pair<llama_token, size_t>> tokens;

    lf_grammar_state * shown;
};

} // namespace lf
