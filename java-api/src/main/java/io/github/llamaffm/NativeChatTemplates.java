package io.github.llamaffm;

import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_chat_templates_request;
import io.github.llamaffm.internal.Utf8;
import io.github.llamaffm.internal.chat.AnswerParser;
import io.github.llamaffm.internal.chat.ChatCallException;
import io.github.llamaffm.internal.chat.ChatTemplates;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** The chat templates of a model in native memory. */
final class NativeChatTemplates extends NativeResource implements ChatTemplates {

    private NativeChatTemplates(NativeModel model, Supplier<MemorySegment> create) {
        super("chat template", model, false, create, LlamaFfm::lf_chat_templates_free);
        made();
    }

    /** In a call of the model. */
    static NativeChatTemplates open(NativeModel model, Optional<String> source) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_chat_templates_request.allocate(arena);
            lf_chat_templates_request.model(request, model.pointer());
            source.ifPresent(text -> lf_chat_templates_request.source(request, cString(arena, text)));
            return new NativeChatTemplates(model, () -> ChatCall.requireMade(LlamaFfm.lf_chat_templates_new(request)));
        }
    }

    @Override
    public String facts() {
        return run("{}", call -> LlamaFfm.lf_chat_describe(pointer(), call));
    }

    @Override
    public String apply(String request) {
        return run(request, call -> LlamaFfm.lf_chat_apply(pointer(), call));
    }

    @Override
    public AnswerParser parser(String request) {
        enterToMake();
        try {
            return new NativeAnswerParser(this, () -> ChatCall.make(request, LlamaFfm::lf_chat_parser_new));
        } finally {
            exit();
        }
    }

    private static MemorySegment cString(Arena arena, String text) {
        if (text.indexOf(0) >= 0) {
            throw new ChatCallException("the template has U+0000 at index " + text.indexOf(0));
        }
        byte[] utf8 = Utf8.encode(text);
        return arena.allocate(utf8.length + 1L).copyFrom(MemorySegment.ofArray(utf8));
    }

    private String run(String input, ToIntFunction<MemorySegment> function) {
        enter();
        try {
            return ChatCall.run(input, false, function);
        } finally {
            exit();
        }
    }
}
