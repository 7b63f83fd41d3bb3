/**
 * Chat with GGUF models: messages, templates, tools, reasoning, typed answers. Grant native access to {@code
 * io.github.llamaffm.bindings}; this module needs none.
 */
module io.github.llamaffm.chat {
    requires transitive io.github.llamaffm;
    requires tools.jackson.databind;
    requires static org.jspecify;

    exports io.github.llamaffm.chat;
}
