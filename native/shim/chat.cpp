// Chat templates, answers and schemas: JSON in, JSON out. All of it recurses with its input.
#include "big_stack.h"
#include "budget.h"
#include "guard.h"

#include "chat.h"
#include "json-schema-to-grammar.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

struct lf_chat_templates {
    common_chat_templates_ptr templates;
    size_t                    source_length = 0;
    size_t                    source_stack  = 0; // What walks through the parsed source needs so much.
};

struct lf_chat_parser {
    common_chat_parser_params params;
};

namespace {

using json = common_json;

constexpr size_t BASE_STACK        = 64u << 20;
constexpr size_t STACK_PER_BRACKET = 16u << 10;

// Where text opens no more brackets than this, the stack of any thread is enough for an answer's parser.
constexpr size_t FEW_BRACKETS = 16;

size_t brackets(const std::string & text) {
    return std::count_if(text.begin(), text.end(), [](char c) { return c == '{' || c == '[' || c == '<' || c == '('; });
}

size_t stack_for(const std::string & text) {
    return BASE_STACK + STACK_PER_BRACKET * brackets(text);
}

// More than any template of upstream's takes for a source and a conversation of so many bytes. For each message some look at
// all of them.
lf::budget template_budget(size_t bytes) {
    const auto length = static_cast<int64_t>(std::min(bytes, size_t(1) << 28));
    return { length, (64ll << 20) + 1024 * length, (256ll << 10) + 32 * length, (4ll << 30) + 64 * length * length };
}

// Runs templates. What they made is freed as deep as it nests: with less stack for each level than it took memory.
void guarded_templates(const char * operation, const lf_chat_templates & templates, const std::string & request, const std::function<void()> & work) {
    const lf::budget budget = template_budget(templates.source_length + request.size());
    lf::guarded_on_big_stack(operation, templates.source_stack + stack_for(request) + budget.memory, [&] { lf::within_budget(budget, work); });
}

std::string input(const lf_chat_call * call) {
    return std::string(call->input, call->input_length);
}

void output(lf_chat_call * call, const std::string & text) {
    auto * copy = static_cast<char *>(std::malloc(text.size() + 1));
    if (!copy) {
        throw std::bad_alloc();
    }
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()]   = 0;
    call->output        = copy;
    call->output_length = static_cast<int64_t>(text.size());
}

// Work makes the answer from the request.
template <typename F>
int32_t answer(const char * operation, lf_chat_call * call, F && work) {
    return lf::guard(operation, [&]() -> int32_t {
        call->output = nullptr;
        output(call, work(input(call)));
        return LF_OK;
    });
}

template <typename F>
int32_t answer(const char * operation, const lf_chat_templates & templates, lf_chat_call * call, F && work) {
    return answer(operation, call, [&](const std::string & request) {
        std::string result;
        guarded_templates(operation, templates, request, [&] { result = work(request); });
        return result;
    });
}

common_chat_templates_inputs template_inputs(const json & request) {
    common_chat_templates_inputs inputs;
    inputs.messages              = common_chat_msgs_parse_oaicompat(request.at("messages"));
    inputs.tools                 = common_chat_tools_parse_oaicompat(request.value("tools", json()));
    inputs.tool_choice           = common_chat_tool_choice_parse_oaicompat(request.value("tool_choice", "auto"));
    inputs.parallel_tool_calls   = request.value("parallel_tool_calls", false);
    inputs.json_schema           = request.contains("json_schema") ? request.at("json_schema").dump() : "";
    inputs.grammar               = request.value("grammar", "");
    inputs.add_generation_prompt = request.value("add_generation_prompt", true);
    inputs.enable_thinking       = request.value("enable_thinking", true);
    inputs.reasoning_format      = common_reasoning_format_from_name(request.value("reasoning_format", "auto"));
    inputs.continue_final_message =
        request.contains("continue_final_message") ? common_chat_continuation_parse(request.at("continue_final_message")) : COMMON_CHAT_CONTINUATION_NONE;
    if (request.contains("now")) {
        inputs.now = std::chrono::system_clock::time_point(std::chrono::seconds(request.at("now").get<int64_t>()));
    }
    if (request.contains("template_arguments")) {
        for (const auto & [name, value] : request.at("template_arguments").items()) {
            inputs.chat_template_kwargs[name] = value.dump();
        }
    }
    return inputs;
}

void add_source(lf_chat_templates & templates, const char * source) {
    const std::string text(source ? source : "");
    templates.source_length += text.size();
    // Each operator may be one level of what is parsed and freed.
    templates.source_stack += stack_for(text) + 1024 * text.size();
}

json triggers_json(const std::vector<common_grammar_trigger> & triggers) {
    json array = json::array();
    for (const auto & trigger : triggers) {
        array.push_back(json{ { "type", (int32_t) trigger.type }, { "value", trigger.value }, { "token", trigger.token } });
    }
    return array;
}

std::string rendered(const common_chat_templates & templates, const std::string & text) {
    const auto params = common_chat_templates_apply(&templates, template_inputs(json::parse(text)));
    json result = {
        { "format", (int32_t) params.format },
        { "prompt", params.prompt },
        { "grammar", params.grammar },
        { "grammar_lazy", params.grammar_lazy },
        { "generation_prompt", params.generation_prompt },
        { "supports_thinking", params.supports_thinking },
        { "thinking_start_tag", params.thinking_start_tag },
        { "thinking_end_tags", params.thinking_end_tags },
        { "preserved_tokens", params.preserved_tokens },
        { "additional_stops", params.additional_stops },
        { "parser", params.parser },
    };
    result["grammar_triggers"]   = triggers_json(params.grammar_triggers);
    result["message_delimiters"] = params.message_delimiters.to_json();
    return result.dump();
}

std::string describe(const common_chat_templates & templates) {
    json caps = json::object();
    for (const auto & [name, value] : common_chat_templates_get_caps(&templates)) {
        caps[name] = value;
    }
    return json{
        { "explicit", common_chat_templates_was_explicit(&templates) },
        { "source", common_chat_templates_source(&templates) },
        { "tool_use_source", common_chat_templates_source(&templates, "tool_use") },
        { "supports_thinking", common_chat_templates_support_enable_thinking(&templates) },
        { "caps", caps },
    }.dump();
}

std::string parsed(const lf_chat_parser & parser, const std::string & text, bool partial) {
    return common_chat_parse(text, partial, parser.params).to_json_oaicompat().dump_safe();
}

} // namespace

extern "C" lf_chat_templates * lf_chat_templates_new(const lf_chat_templates_request * request) {
    return lf::guard("lf_chat_templates_new", [&]() -> lf_chat_templates * {
        auto made = std::make_unique<lf_chat_templates>();
        if (request->source) {
            add_source(*made, request->source);
        } else {
            add_source(*made, llama_model_chat_template(request->model, nullptr));
            add_source(*made, llama_model_chat_template(request->model, "tool_use"));
        }
        guarded_templates("lf_chat_templates_new", *made, "", [&] {
            made->templates = common_chat_templates_init(request->model, request->source ? request->source : "");
        });
        return made.release();
    });
}

extern "C" void lf_chat_templates_free(lf_chat_templates * templates) {
    lf::guard("lf_chat_templates_free", [&] {
        lf::guarded_on_big_stack("lf_chat_templates_free", templates ? templates->source_stack : BASE_STACK, [&] { delete templates; });
    });
}

extern "C" int32_t lf_chat_describe(const lf_chat_templates * templates, lf_chat_call * call) {
    return answer("lf_chat_describe", *templates, call, [&](const std::string &) { return describe(*templates->templates); });
}

extern "C" int32_t lf_chat_apply(const lf_chat_templates * templates, lf_chat_call * call) {
    return answer("lf_chat_apply", *templates, call, [&](const std::string & request) { return rendered(*templates->templates, request); });
}

extern "C" lf_chat_parser * lf_chat_parser_new(const lf_chat_call * call) {
    return lf::guard("lf_chat_parser_new", [&]() -> lf_chat_parser * {
        const std::string text = input(call);
        auto              made = std::make_unique<lf_chat_parser>();
        lf::guarded_on_big_stack("lf_chat_parser_new", stack_for(text), [&] {
            const json request = json::parse(text);
            auto &     params  = made->params;
            params.format            = static_cast<common_chat_format>(request.value("format", 0));
            params.generation_prompt = request.value("generation_prompt", "");
            params.reasoning_format  = common_reasoning_format_from_name(request.value("reasoning_format", "auto"));
            if (const std::string parser = request.value("parser", ""); !parser.empty()) {
                params.parser.load(parser);
            }
        });
        return made.release();
    });
}

extern "C" void lf_chat_parser_free(lf_chat_parser * parser) {
    lf::guard("lf_chat_parser_free", [&] {
        lf::guarded_on_big_stack("lf_chat_parser_free", BASE_STACK, [&] { delete parser; });
    });
}

extern "C" int32_t lf_chat_parse(const lf_chat_parser * parser, lf_chat_call * call) {
    return lf::guard("lf_chat_parse", [&]() -> int32_t {
        call->output = nullptr;
        const std::string text = input(call);
        if (brackets(text) <= FEW_BRACKETS) {
            output(call, parsed(*parser, text, call->partial));
            return LF_OK;
        }
        std::string result;
        lf::guarded_on_big_stack("lf_chat_parse", stack_for(text), [&] { result = parsed(*parser, text, call->partial); });
        output(call, result);
        return LF_OK;
    });
}

extern "C" int32_t lf_json_schema_to_grammar(lf_chat_call * call) {
    return answer("lf_json_schema_to_grammar", call, [](const std::string & request) {
        std::string grammar;
        lf::guarded_on_big_stack("lf_json_schema_to_grammar", stack_for(request), [&] { grammar = json_schema_to_grammar(json::parse(request), true); });
        return grammar;
    });
}

extern "C" void lf_chat_free_output(char * output) {
    std::free(output);
}
