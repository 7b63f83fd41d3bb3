package io.github.llamaffm.chat;

import java.util.HashMap;
import java.util.Map;

/** What a chat model adds to the options of a call. */
record Defaults(ChatModelOptions options) {

    /** A call's own template arguments come before the model's. */
    AskOptions.Values in(AskOptions.Values values) {
        if (options.templateArguments().isEmpty()) {
            return values;
        }
        Map<String, Object> arguments = new HashMap<>(options.templateArguments());
        arguments.putAll(values.templateArguments());
        return values.templateArguments(arguments);
    }
}
