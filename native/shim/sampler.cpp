#include "grammar.h"
#include "guard.h"
#include "sampler_links.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <optional>

namespace {

// It compares each pair of candidates by their text.
constexpr size_t MAX_INFILL_CANDIDATES = 4096;

bool by_logit(const llama_token_data & a, const llama_token_data & b) {
    return a.logit > b.logit;
}

struct chain_link {
    int32_t             type;
    int32_t             index;      // among the specs; -1: not one of them
    lf::sampler_pointer native;
    bool                scanned;    // whether it may turn a logit that became infinite into a NaN
    int64_t             draws[2] = { 0, 0 }; // of adaptive-p: from one candidate, from more
};

// A chain. While it runs, next says how far it has come, because the links that are written in Java run outside.
struct chain : lf_sampler {
    const llama_vocab *           vocab;
    std::vector<llama_token_data> buffer;
    std::vector<chain_link>             links;
    std::optional<lf::grammar>    rule;         // of the whole answer
    std::optional<lf::grammar>    linked_rule;  // a link of the chain

    const llama_context * context  = nullptr;
    int32_t               row      = 0;
    size_t                next     = 0;
    size_t                end      = 0;
    int32_t               most     = -1;    // of candidates that are asked for; -1: a token is
    bool                  filtered = false; // whether the rule was applied to the whole vocabulary
    bool                  running  = false;

    explicit chain(const llama_vocab * vocab);

    void add(const lf_sampler_spec & spec, int32_t index);
    void start(llama_context * context, int32_t row, size_t end);
    void fill();
    void filter();
    int32_t run();
    void apply(chain_link & link);
    void prepare_for_java(const chain_link & link);
    int32_t choose();
    int32_t rank();
    void accept(llama_token token);
    void require_some() const;
};

chain::chain(const llama_vocab * vocab)
    : lf_sampler{}, vocab(vocab), buffer(static_cast<size_t>(llama_vocab_n_tokens(vocab))) {
    candidates = { buffer.data(), 0, -1, false };
    n_vocab    = static_cast<int32_t>(buffer.size());
}

void chain::add(const lf_sampler_spec & spec, int32_t index) {
    // What divides logits may make them infinite, and what then subtracts makes NaN of these, which no sort survives.
    const bool unbounded = std::any_of(links.begin(), links.end(), [](const chain_link & earlier) {
        return earlier.type == LF_SAMPLER_TEMPERATURE || earlier.type == LF_SAMPLER_TEMPERATURE_EXT
            || earlier.type == LF_SAMPLER_PENALTIES || earlier.type == LF_SAMPLER_JAVA;
    });
    const bool subtracts = spec.type == LF_SAMPLER_PENALTIES || spec.type == LF_SAMPLER_DRY
        || spec.type == LF_SAMPLER_LOGIT_BIAS;
    chain_link added{ spec.type, index, nullptr, unbounded && subtracts };
    if (spec.type == LF_SAMPLER_GRAMMAR) {
        if (linked_rule) {
            throw lf::failure{ LF_ERROR_ARGUMENT, "a chain has at most one grammar" };
        }
        linked_rule.emplace(vocab, *static_cast<const lf_grammar_request *>(spec.data), &states[1]);
    } else if (spec.type != LF_SAMPLER_JAVA) {
        added.native = lf::make_sampler(spec, vocab);
    }
    links.push_back(std::move(added));
}

void chain::start(llama_context * from, int32_t index, size_t last) {
    context  = from;
    row      = index;
    end      = last;
    filtered = false;
    running  = true;
    fill();
    next = 0;
}

// As llama_sampler_sample, which also asks for what a sampler on the backend may have done: we attach none.
void chain::fill() {
    const float * logits = llama_get_logits_ith(const_cast<llama_context *>(context), row);
    if (!logits) {
        throw lf::failure{ LF_ERROR_FAILED, "row " + std::to_string(row) + " has no logits" };
    }
    llama_token_data * data   = buffer.data();
    const int32_t      count  = n_vocab; // what is written could be it, for all that a compiler knows
    bool               finite = true;
    for (int32_t token = 0; token < count; token++) {
        const float logit = logits[token];
        finite &= logit <= FLT_MAX;
        data[token] = { token, logit, 0.0f };
    }
    if (!finite) {
        throw lf::failure{ LF_ERROR_FAILED, "the model computed logits that are not finite numbers" };
    }
    candidates = { data, buffer.size(), -1, false };
}

void chain::filter() {
    filtered = true;
    fill();
    rule->apply(&candidates);
    next = 0;
    require_some();
}

void chain::require_some() const {
    const auto * first = candidates.data;
    if (std::none_of(first, first + candidates.size, [](const llama_token_data & it) { return it.logit != -INFINITY; })) {
        throw lf::failure{ LF_ERROR_FAILED, "no candidate is left: every one of " + std::to_string(candidates.size)
            + " was excluded" };
    }
}

int32_t chain::run() {
    for (; next < end; next++) {
        if (links[next].type == LF_SAMPLER_JAVA) {
            prepare_for_java(links[next]);
            return LF_SAMPLER_STOPPED;
        }
        apply(links[next]);
    }
    return most < 0 ? choose() : rank();
}

void chain::apply(chain_link & link) {
    if (candidates.size == 0) {
        throw lf::failure{ LF_ERROR_FAILED, "no candidate is left" };
    }
    if (link.type == LF_SAMPLER_GRAMMAR) {
        linked_rule->apply(&candidates);
        require_some();
        return;
    }
    if (link.type == LF_SAMPLER_INFILL && candidates.size > MAX_INFILL_CANDIDATES) {
        throw lf::failure{ LF_ERROR_FAILED, "infill compares each pair of candidates, and "
            + std::to_string(candidates.size) + " are more than " + std::to_string(MAX_INFILL_CANDIDATES)
            + "; put TopK before it" };
    }
    if (link.type == LF_SAMPLER_XTC && most >= 0) {
        // Its random numbers are those of the tokens to come.
        lf::sampler_pointer copy(llama_sampler_clone(link.native.get()));
        llama_sampler_apply(copy.get(), &candidates);
        return;
    }
    llama_sampler_apply(link.native.get(), &candidates);
    if (link.type == LF_SAMPLER_ADAPTIVE_P) {
        link.draws[candidates.size > 1 ? 1 : 0]++;
    }
    if (link.scanned) {
        const auto * first = candidates.data;
        if (std::any_of(first, first + candidates.size, [](const llama_token_data & it) { return std::isnan(it.logit); })) {
            throw lf::failure{ LF_ERROR_FAILED, "a logit became infinite and then not a number; temper it less" };
        }
    }
}

void chain::prepare_for_java(const chain_link & link) {
    if (candidates.data != buffer.data()) {
        std::memmove(buffer.data(), candidates.data, candidates.size * sizeof(llama_token_data));
        candidates.data = buffer.data();
    }
    // Not every sampler that changes logits says so.
    candidates.sorted   = candidates.sorted
        && std::is_sorted(candidates.data, candidates.data + candidates.size, by_logit);
    candidates.selected = -1;
    lf_sampler::link = link.index;
}

int32_t chain::choose() {
    if (candidates.selected < 0 || candidates.selected >= static_cast<int64_t>(candidates.size)) {
        throw lf::failure{ LF_ERROR_FAILED, candidates.size == 0
            ? "no candidate is left" : "the last sampler of the chain selected no candidate" };
    }
    const llama_token_data chosen = candidates.data[candidates.selected];
    llama_token token = chosen.id;
    if (chosen.logit == -INFINITY) {
        // By a draw of exactly 0, or because nothing else was left.
        require_some();
        token = std::max_element(candidates.data, candidates.data + candidates.size,
            [](const llama_token_data & a, const llama_token_data & b) { return a.logit < b.logit; })->id;
    }
    if (rule && !rule->allows(token)) {
        if (filtered) {
            throw lf::failure{ LF_ERROR_FAILED, "the grammar does not allow token " + std::to_string(token)
                + ", which is all that the sampler chain leaves" };
        }
        filter();
        return run();
    }
    running = false;
    if (rule) {
        rule->accept(token);
    }
    if (linked_rule) {
        linked_rule->accept(token);
    }
    accept(token);
    return token;
}

int32_t chain::rank() {
    running = false;
    auto * first = candidates.data;
    auto * last  = std::remove_if(first, first + candidates.size,
        [](const llama_token_data & it) { return it.logit == -INFINITY; });
    const size_t left  = static_cast<size_t>(last - first);
    const size_t count = std::min(left, static_cast<size_t>(most));
    std::partial_sort(first, first + count, last, by_logit);
    if (count > 0) {
        double sum = 0;
        for (const auto * it = first; it < last; it++) {
            sum += std::exp(static_cast<double>(it->logit) - first->logit);
        }
        for (auto * it = first; it < first + count; it++) {
            it->p = static_cast<float>(static_cast<double>(it->logit) - first->logit - std::log(sum));
        }
    }
    candidates.size = count;
    if (first != buffer.data()) {
        std::memmove(buffer.data(), first, count * sizeof(llama_token_data));
        candidates.data = buffer.data();
    }
    return static_cast<int32_t>(count);
}

void chain::accept(llama_token token) {
    for (auto & link : links) {
        if (link.native) {
            llama_sampler_accept(link.native.get(), token);
        }
    }
}

chain * of(lf_sampler * sampler) {
    return static_cast<chain *>(sampler);
}

lf::sampler_pointer copy_of(const chain_link & source) {
    lf::sampler_pointer copy(llama_sampler_clone(source.native.get()));
    if (source.type == LF_SAMPLER_ADAPTIVE_P) {
        // Its clone starts the random numbers anew, so the same numbers are drawn again, and what it keeps of a choice
        // until that is accepted is forgotten.
        for (int kind = 0; kind < 2; kind++) {
            for (int64_t i = 0; i < source.draws[kind]; i++) {
                llama_token_data       data[2] = { { 0, 0.0f, 0.0f }, { 1, 0.0f, 0.0f } };
                llama_token_data_array array   = { data, kind == 0 ? 1u : 2u, -1, false };
                llama_sampler_apply(copy.get(), &array);
            }
        }
        llama_sampler_accept(copy.get(), LLAMA_TOKEN_NULL - 1);
    }
    return copy;
}

} // namespace

extern "C" lf_sampler * lf_sampler_new(const lf_sampler_request * request) {
    return lf::guard("lf_sampler_new", [&]() -> lf_sampler * {
        auto result = std::make_unique<chain>(request->vocab);
        if (auto suppressor = lf::make_suppressor(request->vocab)) {
            result->links.push_back({ LF_SAMPLER_LOGIT_BIAS, -1, std::move(suppressor), false });
        }
        for (int32_t i = 0; i < request->n_specs; i++) {
            result->add(request->specs[i], i);
        }
        if (request->grammar) {
            result->rule.emplace(request->vocab, *request->grammar, &result->states[0]);
        }
        return result.release();
    });
}

extern "C" void lf_sampler_free(lf_sampler * sampler) {
    lf::guard("lf_sampler_free", [&] {
        const lf::freeing freeing;
        delete of(sampler);
    });
}

extern "C" lf_sampler * lf_sampler_copy(const lf_sampler * sampler) {
    return lf::guard("lf_sampler_copy", [&]() -> lf_sampler * {
        const auto * source = static_cast<const chain *>(sampler);
        auto         result = std::make_unique<chain>(source->vocab);
        for (const auto & link : source->links) {
            result->links.push_back({ link.type, link.index, link.native ? copy_of(link) : nullptr, link.scanned,
                                      { link.draws[0], link.draws[1] } });
        }
        if (source->rule) {
            result->rule.emplace(*source->rule, &result->states[0]);
        }
        if (source->linked_rule) {
            result->linked_rule.emplace(*source->linked_rule, &result->states[1]);
        }
        return result.release();
    });
}

extern "C" int32_t lf_sampler_sample(lf_sampler * sampler, llama_context * context, int32_t index) {
    return lf::guard("lf_sampler_sample", [&]() -> int32_t {
        chain * self = of(sampler);
        self->most = -1;
        self->start(context, index, self->links.size());
        return self->run();
    });
}

extern "C" int32_t lf_sampler_candidates(lf_sampler * sampler, const lf_candidates_request * request) {
    return lf::guard("lf_sampler_candidates", [&]() -> int32_t {
        chain * self = of(sampler);
        self->most = std::max(request->most, 0);
        self->start(request->context, request->index, self->links.size() - 1);
        return self->run();
    });
}

extern "C" int32_t lf_sampler_continue(lf_sampler * sampler) {
    return lf::guard("lf_sampler_continue", [&]() -> int32_t {
        chain * self = of(sampler);
        if (!self->running || self->candidates.size > self->buffer.size()) {
            throw lf::failure{ LF_ERROR_ARGUMENT, "the sampler has not stopped" };
        }
        self->next++;
        return self->run();
    });
}

extern "C" int32_t lf_sampler_sort(lf_sampler * sampler) {
    return lf::guard("lf_sampler_sort", [&]() -> int32_t {
        auto & candidates = sampler->candidates;
        std::sort(candidates.data, candidates.data + std::min(candidates.size, of(sampler)->buffer.size()), by_logit);
        candidates.sorted = true;
        return LF_OK;
    });
}

extern "C" int32_t lf_sampler_accept(lf_sampler * sampler, const int32_t * tokens, int32_t n_tokens) {
    return lf::guard("lf_sampler_accept", [&]() -> int32_t {
        for (int32_t i = 0; i < n_tokens; i++) {
            of(sampler)->accept(tokens[i]);
        }
        return LF_OK;
    });
}

extern "C" int32_t lf_sampler_trigger(lf_sampler * sampler) {
    return lf::guard("lf_sampler_trigger", [&]() -> int32_t {
        chain * self = of(sampler);
        if (self->rule) {
            self->rule->trigger_at(self->states[0].start);
        }
        if (self->linked_rule) {
            self->linked_rule->trigger_at(self->states[1].start);
        }
        return LF_OK;
    });
}

extern "C" int32_t lf_sampler_reset(lf_sampler * sampler) {
    return lf::guard("lf_sampler_reset", [&]() -> int32_t {
        chain * self = of(sampler);
        for (auto & link : self->links) {
            link.draws[0] = link.draws[1] = 0;
            if (link.native) {
                llama_sampler_reset(link.native.get());
            }
        }
        if (self->rule) {
            self->rule->reset();
        }
        if (self->linked_rule) {
            self->linked_rule->reset();
        }
        return LF_OK;
    });
}
