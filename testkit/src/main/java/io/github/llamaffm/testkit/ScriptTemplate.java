package io.github.llamaffm.testkit;

/**
 * How a scripted model's conversations are written.
 *
 * @param jinja the source
 * @param answerStart a text that stands before each assistant message and nowhere else; the model has a token for it, by which it counts
 */
record ScriptTemplate(String jinja, String answerStart) {

    /** ChatML, with thoughts between {@code <think>} and {@code </think>}, and calls as Qwen 3 writes them. */
    static final ScriptTemplate CHATML = new ScriptTemplate("""
            {%- if tools or messages[0].role == 'system' -%}
            {{- '<|im_start|>system\\n' -}}
            {%- if messages[0].role == 'system' -%}{{- messages[0].content -}}{%- endif -%}
            {%- if tools -%}
            {{- '\\n\\n# Tools\\n\\n<tools>' -}}
            {%- for tool in tools -%}{{- '\\n' -}}{{- tool | tojson -}}{%- endfor -%}
            {{- '\\n</tools>\\n\\nTo call one: <tool_call>\\n{"name": NAME, "arguments": OBJECT}\\n</tool_call>' -}}
            {%- endif -%}
            {{- '<|im_end|>\\n' -}}
            {%- endif -%}
            {%- for message in messages -%}
            {%- if message.role == 'user' or (message.role == 'system' and not loop.first) -%}
            {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
            {%- elif message.role == 'assistant' -%}
            {{- '<|im_start|>assistant\\n' -}}
            {%- if message.reasoning_content -%}{{- '<think>' + message.reasoning_content + '</think>' -}}{%- endif -%}
            {%- if message.content -%}{{- message.content -}}{%- endif -%}
            {%- for tool_call in message.tool_calls -%}
            {%- if not loop.first -%}{{- '\\n' -}}{%- endif -%}
            {{- '<tool_call>\\n{"name": "' + tool_call.function.name + '", "arguments": ' -}}
            {%- if tool_call.function.arguments is string -%}{{- tool_call.function.arguments -}}
            {%- else -%}{{- tool_call.function.arguments | tojson -}}{%- endif -%}
            {{- '}\\n</tool_call>' -}}
            {%- endfor -%}
            {{- '<|im_end|>\\n' -}}
            {%- elif message.role == 'tool' -%}
            {{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' -}}
            {%- endif -%}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
            {{- '<|im_start|>assistant\\n' -}}
            {%- if enable_thinking is defined and enable_thinking is false -%}{{- '<think></think>' -}}{%- endif -%}
            {%- endif -%}
            """, "<|im_start|>assistant");

    static ScriptTemplate of(String jinja, String answerStart) {
        if (answerStart.isBlank()) {
            throw new IllegalArgumentException("a blank text before each assistant message: the model would not know them by it");
        }
        return new ScriptTemplate(jinja, answerStart);
    }

    static String thoughts(String text) {
        return text.isEmpty() ? "" : "<think>" + text + "</think>";
    }

    static String call(String name, String arguments) {
        return "<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>";
    }
}
