// What upstream's chat code makes of a request: one JSON object per line in, one per line out, for conformance tests.
//
//   {"template": …, "bos": …, "eos": …, "request": {messages, tools, …}}                 -> the common_chat_params
//   {"parse": {format, parser, generation_prompt, reasoning_format, …}, "text": …, "partial": …}  -> the message
//   {"schema": …}                                                                        -> {"grammar": …}
#include "chat.h"
#include "json-schema-to-grammar.h"
#include "log.h"

#include <iostream>
#include <string>

using json = common_json;

static json apply(const json & line) {
    const json & request   = line.at("request");
    const auto   templates = common_chat_templates_init(nullptr, line.at("template").get<std::string>(), line.value("bos", ""), line.value("eos", ""));

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
    if (request.contains("template_arguments")) {
        for (const auto & [name, value] : request.at("template_arguments").items()) {
            inputs.chat_template_kwargs[name] = value.dump();
        }
    }
    inputs.now                   = std::chrono::system_clock::time_point(std::chrono::seconds(request.value("now", (int64_t) 0)));

    const auto params   = common_chat_templates_apply(templates.get(), inputs);
    json       triggers = json::array();
    for (const auto & trigger : params.grammar_triggers) {
        triggers.push_back(json{ { "type", (int) trigger.type }, { "value", trigger.value }, { "token", trigger.token } });
    }
    return json{
        { "format", (int) params.format },
        { "prompt", params.prompt },
        { "grammar", params.grammar },
        { "grammar_lazy", params.grammar_lazy },
        { "grammar_triggers", triggers },
        { "generation_prompt", params.generation_prompt },
        { "supports_thinking", params.supports_thinking },
        { "thinking_start_tag", params.thinking_start_tag },
        { "thinking_end_tags", params.thinking_end_tags },
        { "preserved_tokens", params.preserved_tokens },
        { "additional_stops", params.additional_stops },
        { "parser", params.parser },
        { "message_delimiters", params.message_delimiters.to_json() },
    };
}

static json parse(const json & line) {
    const json &              request = line.at("parse");
    common_chat_parser_params params;
    params.format            = (common_chat_format) request.value("format", 0);
    params.generation_prompt = request.value("generation_prompt", "");
    params.reasoning_format  = common_reasoning_format_from_name(request.value("reasoning_format", "auto"));
    params.parse_tool_calls  = request.value("parse_tool_calls", true);
    if (const std::string parser = request.value("parser", ""); !parser.empty()) {
        params.parser.load(parser);
    }
    return common_chat_parse(line.at("text").get<std::string>(), line.value("partial", false), params).to_json_oaicompat();
}

int main() {
    common_log_pause(common_log_main());
    std::string text;
    while (std::getline(std::cin, text)) {
        json answer;
        try {
            const json line = json::parse(text);
            if (line.contains("schema")) {
                answer = json{ { "grammar", json_schema_to_grammar(line.at("schema"), true) } };
            } else {
                answer = line.contains("parse") ? parse(line) : apply(line);
            }
        } catch (const std::exception & e) {
            answer = json{ { "error", e.what() } };
        }
        std::cout << answer.dump_safe() << std::endl;
    }
}
