#include "grammar.h"

#include "big_stack.h"
#include "guard.h"

#include "llama-grammar.h"
#include "llama-vocab.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <iterator>
#include <map>
#include <memory>

namespace {

// The parser recurses for each parenthesis and each rule, filtering for each character of a token. Up to these the
// thread's own stack may be enough.
constexpr size_t SMALL_GRAMMAR  = 256;
constexpr size_t SMALL_PIECE    = 256;
constexpr size_t SMALL_STACK    = 64u << 10;
constexpr size_t BASE_STACK     = 64u << 20;
constexpr size_t STACK_PER_BYTE = 2048 * lf::FRAME_FACTOR;

// Stacks that one call may look at while it looks for equal ones: some seconds.
constexpr int64_t MOST_SEARCHES = 50'000'000;

// What is left of them on this thread; below 0: no such call is under way.
thread_local int64_t searches = -1;

struct limited {
    limited() { searches = MOST_SEARCHES; }
    ~limited() { searches = -1; }
    limited(const limited &)             = delete;
    limited & operator=(const limited &) = delete;
};

// Text that only words are looked for in is cut to what a word can still begin in, now and then.
constexpr size_t KEPT_TEXT = 4096;

bool fits_own_stack(size_t bytes) {
    return lf::stack_left() >= SMALL_STACK + STACK_PER_BYTE * bytes;
}

template <typename F>
void on_big_stack(const char * operation, size_t bytes, F && work) {
    lf::guarded_on_big_stack(operation, BASE_STACK + STACK_PER_BYTE * bytes, work);
}

const char * skip_space(const char * text) {
    while (*text && std::strchr(" \t\r\n#", *text)) {
        text += *text == '#' ? std::strcspn(text, "\r\n") : 1;
    }
    return text;
}

// llama_grammar_parser::parse, but for what that writes to stderr.
void parse_rules(llama_grammar_parser & parser, const char * gbnf) {
    const char * next = skip_space(gbnf);
    while (*next) {
        next = parser.parse_rule(next);
    }
    const auto require_rule = [&](size_t id) {
        if (id < parser.rules.size() && !parser.rules[id].empty()) {
            return;
        }
        for (const auto & symbol : parser.symbol_ids) {
            if (symbol.second == id) {
                throw lf::failure{ LF_ERROR_FAILED, "the grammar has no rule '" + symbol.first + "'" };
            }
        }
        throw lf::failure{ LF_ERROR_FAILED, "the grammar has a rule without a name" };
    };
    for (size_t id = 0; id < parser.rules.size(); id++) {
        require_rule(id);
        for (const auto & element : parser.rules[id]) {
            if (element.type == LLAMA_GRETYPE_RULE_REF) {
                require_rule(element.value);
            }
        }
    }
}

// llama_grammar_clone_impl, but for that it looks for each element of each stack in all rules from the start.
llama_grammar * clone(const llama_grammar & source) {
    std::unique_ptr<llama_grammar> result(new llama_grammar{ source.vocab, source.rules, source.stacks, source.partial_utf8, false, false, "", {}, {}, {} });

    std::map<const llama_grammar_element *, size_t, std::less<>> rules;
    for (size_t i = 0; i < source.rules.size(); i++) {
        rules.emplace(source.rules[i].data(), i);
    }
    for (auto & stack : result->stacks) {
        for (auto & element : stack) {
            const auto rule = std::prev(rules.upper_bound(element));
            element = result->rules[rule->second].data() + (element - rule->first);
        }
    }
    return result.release();
}

} // namespace

namespace lf {

void grammar::deleter::operator()(llama_grammar * grammar) const {
    llama_grammar_free_impl(grammar);
}

grammar::pointer grammar::parse(const llama_vocab * vocab, const lf_grammar_request & request) {
    llama_grammar_parser parser(vocab);
    parse_rules(parser, request.gbnf);
    const auto root = parser.symbol_ids.find(request.root);
    if (root == parser.symbol_ids.end() || root->second >= parser.rules.size()) {
        throw failure{ LF_ERROR_FAILED, std::string("the grammar has no rule '") + request.root + "'" };
    }
    auto    rules = parser.c_rules();
    pointer result(llama_grammar_init_impl(vocab, rules.data(), rules.size(), root->second));
    if (!result) {
        throw failure{ LF_ERROR_FAILED, "llama.cpp refuses the grammar" };
    }
    if (request.written) {
        try {
            llama_grammar_accept_str(*result, request.written);
        } catch (const std::exception &) {
            throw failure{ LF_ERROR_FAILED, std::string("the grammar does not begin with what the prompt has of it: '") + request.written + "'" };
        }
    }
    return result;
}

grammar::grammar(const llama_vocab * vocab, const lf_grammar_request & request, lf_grammar_state * state)
    : vocab(vocab)
    , trigger_tokens(request.trigger_tokens, request.trigger_tokens + request.n_trigger_tokens)
    , trigger_words(request.trigger_words, request.trigger_words + request.n_trigger_words)
    , trigger_patterns(request.trigger_patterns)
    , waiting(trigger_patterns || !trigger_tokens.empty() || !trigger_words.empty())
    , shown(state) {
    const size_t length = std::strlen(request.gbnf) + (request.written ? std::strlen(request.written) : 0);
    if (length <= SMALL_GRAMMAR && fits_own_stack(length)) {
        first = parse(vocab, request);
    } else {
        on_big_stack("lf_sampler_new", length, [&] { first = parse(vocab, request); });
    }
    now.reset(clone(*first));
    for (const auto & word : trigger_words) {
        longest_word = std::max(longest_word, word.size());
    }
    for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); token++) {
        longest_piece = std::max(longest_piece, vocab->token_to_piece(token).size());
    }
    show();
}

grammar::grammar(const grammar & other, lf_grammar_state * state)
    : vocab(other.vocab)
    , first(clone(*other.first))
    , now(clone(*other.now))
    , trigger_tokens(other.trigger_tokens)
    , trigger_words(other.trigger_words)
    , trigger_patterns(other.trigger_patterns)
    , longest_word(other.longest_word)
    , longest_piece(other.longest_piece)
    , waiting(other.waiting)
    , text(other.text)
    , tokens(other.tokens)
    , shown(state) {
    show();
}

void grammar::apply(llama_token_data_array * candidates) const {
    apply(candidates, longest_piece);
}

void grammar::apply(llama_token_data_array * candidates, size_t longest) const {
    if (waiting) {
        return;
    }
    if (now->stacks.empty()) {
        throw failure{ LF_ERROR_FAILED, "the grammar does not allow what was accepted before" };
    }
    const auto filter = [&] {
        const limited scope;
        llama_grammar_apply_impl(*now, candidates);
    };
    if (longest <= SMALL_PIECE && fits_own_stack(longest)) {
        filter();
    } else {
        on_big_stack("lf_sampler_sample", longest, filter);
    }
    candidates->sorted = false;
}

bool grammar::allows(llama_token token) const {
    llama_token_data       one   = { token, 1.0f, 0.0f };
    llama_token_data_array array = { &one, 1, -1, false };
    apply(&array, vocab->token_to_piece(token).size());
    return one.logit != -INFINITY;
}

void grammar::accept(llama_token token) {
    const std::string & piece = vocab->token_to_piece(token);
    if (!waiting) {
        if (!allows(token)) {
            throw failure{ LF_ERROR_FAILED, "the grammar does not allow token " + std::to_string(token) + " ('" + piece + "')" };
        }
        if (!vocab->is_eog(token)) {
            const limited scope;
            llama_grammar_accept_token(*now, token, piece);
        }
        return;
    }
    const bool triggers = std::find(trigger_tokens.begin(), trigger_tokens.end(), token) != trigger_tokens.end();
    if (triggers) {
        forget_text();
    }
    const size_t before = text.size();
    text += piece;
    tokens.emplace_back(token, text.size());
    if (triggers) {
        trigger(0);
    } else {
        find_word(before);
    }
    show();
}

void grammar::find_word(size_t from) {
    for (const auto & word : trigger_words) {
        const size_t start = text.find(word, from - std::min(from, word.size() - 1));
        if (start != std::string::npos) {
            trigger(start);
            return;
        }
    }
    if (trigger_patterns || text.size() < longest_word + KEPT_TEXT) {
        return;
    }
    size_t unneeded = 0;
    while (unneeded < tokens.size() && tokens[unneeded].second + longest_word <= text.size()) {
        unneeded++;
    }
    const size_t cut = unneeded == 0 ? 0 : tokens[unneeded - 1].second;
    tokens.erase(tokens.begin(), tokens.begin() + static_cast<ptrdiff_t>(unneeded));
    for (auto & token : tokens) {
        token.second -= cut;
    }
    text.erase(0, cut);
}

void grammar::trigger_at(int64_t start) {
    if (waiting && start >= 0 && static_cast<size_t>(start) <= text.size()) {
        trigger(static_cast<size_t>(start));
        show();
    }
}

// The grammar gets the text from there on, so perhaps only the end of a token.
void grammar::trigger(size_t start) {
    waiting = false;
    size_t begin = 0;
    try {
        const limited scope;
        for (const auto & [token, end] : tokens) {
            if (end > start) {
                const size_t from = std::max(begin, start);
                llama_grammar_accept_token(*now, token, text.substr(from, end - from));
            }
            begin = end;
        }
    } catch (const std::exception &) {
        const std::string found = text.substr(start);
        forget_text();
        show();
        throw failure{ LF_ERROR_FAILED, "the grammar does not allow the text that triggered it: '" + found + "'" };
    } catch (const failure &) {
        forget_text();
        show();
        throw;
    }
    forget_text();
}

void grammar::reset() {
    now.reset(clone(*first));
    waiting = trigger_patterns || !trigger_tokens.empty() || !trigger_words.empty();
    forget_text();
    show();
}

void grammar::forget_text() {
    text.clear();
    tokens.clear();
}

void grammar::show() {
    *shown = { text.data(), static_cast<int64_t>(text.size()), -1, waiting && trigger_patterns };
}

} // namespace lf

extern "C" LF_API void lf_grammar_searches(int64_t stacks);

// From llama-grammar.cpp (native/grammar_steps.h).
void lf_grammar_searches(int64_t stacks) {
    if (searches >= 0 && (searches -= stacks) < 0) {
        throw lf::failure{ LF_ERROR_FAILED, "the grammar can go on in too many ways here; give repetitions that stand beside or inside each other"
                                            " different beginnings" };
    }
}
