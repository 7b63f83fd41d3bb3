package io.github.llamaffm.chat;

import io.github.llamaffm.Model;
import java.util.List;
import java.util.Optional;

/** Who answers a call of a tool. */
final class Handlers {

    private final ArgumentsCheck check;
    private final List<Tool> tools;

    Handlers(Model model, List<Tool> tools) {
        this.check = new ArgumentsCheck(model);
        this.tools = tools;
    }

    /** Empty: the caller. A call of the model's that nobody can answer has an answer that says so. */
    Optional<ToolHandler<String>> of(ToolCall call) {
        Optional<Tool> named = tools.stream().filter(tool -> tool.name().equals(call.name())).findFirst();
        if (named.isEmpty()) {
            return Optional.of(_ -> "error: there is no tool '%s', only %s".formatted(call.name(), tools.stream().map(Tool::name).toList()));
        }
        Optional<ToolHandler<String>> handler = ((Tool.Json) named.get()).handler();
        Optional<String> wrong = handler.flatMap(_ -> check.wrong(named.get(), call.arguments()));
        return wrong.isPresent() ? Optional.of(_ -> "error: " + wrong.get()) : handler;
    }
}
