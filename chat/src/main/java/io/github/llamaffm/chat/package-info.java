/** Chat with GGUF models: messages, templates, tools, reasoning, typed answers. */
@NullMarked
package io.github.llamaffm.chat;

import org.jspecify.annotations.NullMarked;
