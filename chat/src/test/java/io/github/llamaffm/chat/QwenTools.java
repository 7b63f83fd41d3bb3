package io.github.llamaffm.chat;

import io.github.llamaffm.Model;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A tiny model with Qwen 2.5's template: what asks for tools there is easy to read. */
final class QwenTools {

    static final String EMPTY = "{\"type\":\"object\",\"properties\":{}}";

    private QwenTools() {}

    static Model load(Path folder) {
        return Model.load(TinyModel.llama().contextSize(8192).writeTo(folder.resolve("tiny.gguf")));
    }

    static ChatModel open(Model model) {
        return ChatModel.of(model, options("Qwen-Qwen2.5-7B-Instruct"));
    }

    static ChatModelOptions options(String template) {
        return ChatModelOptions.builder().context(Asked.exact(8192))
                .template(UpstreamChat.source(template)).build();
    }

    /** A tool without arguments. */
    static Tool tool(String name, ToolHandler<String> handler) {
        return Tool.of(name, "Does " + name + ".", EMPTY, handler);
    }

    /** Asks for tools without arguments. */
    static String calls(String... names) {
        return Arrays.stream(names).map(name -> call(name, "{}")).collect(Collectors.joining("\n"));
    }

    /** Asks for a tool without arguments. */
    static String call(String name) {
        return calls(name);
    }

    static String call(String name, String arguments) {
        return "<tool_call>\n{\"name\": \"%s\", \"arguments\": %s}\n</tool_call>".formatted(name, arguments);
    }

    /** What tools answered, in order. */
    static List<String> results(Answer answer) {
        return answer.newMessages().stream().filter(ToolMessage.class::isInstance).map(message -> message.content().text()).toList();
    }
}
