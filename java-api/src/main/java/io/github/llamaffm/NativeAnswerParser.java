package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.internal.chat.AnswerParser;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** What reads a model's answers, in native memory. */
final class NativeAnswerParser extends NativeResource implements AnswerParser {

    NativeAnswerParser(NativeChatTemplates templates, Supplier<MemorySegment> create) {
        super("answer parser", templates, false, create, LlamaFfm::lf_chat_parser_free);
        made();
    }

    @Override
    public String parse(String answer, boolean partial) {
        enter();
        try {
            return ChatCall.run(answer, partial, call -> LlamaFfm.lf_chat_parse(pointer(), call));
        } finally {
            exit();
        }
    }
}
