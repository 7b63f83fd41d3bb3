package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_chat_call;
import io.github.llamaffm.internal.NativeLog;
import io.github.llamaffm.internal.Utf8;
import io.github.llamaffm.internal.chat.ChatCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/** One text in, one text out: how everything of chat is asked for. */
final class ChatCall {

    /** Names of the functions that failed. */
    private static final Pattern CALLS = Pattern.compile("^(lf_\\w+ (failed|threw): )+");

    private ChatCall() {}

    /** @throws ChatCallException if native code refuses */
    static String run(String input, boolean partial, ToIntFunction<MemorySegment> function) {
        return with(input, partial, call -> {
            if (function.applyAsInt(call) != LlamaFfm.LF_OK()) {
                throw failure();
            }
            MemorySegment output = lf_chat_call.output(call);
            try {
                return new String(
                        Pointers.view(output, lf_chat_call.output_length(call)).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            } finally {
                LlamaFfm.lf_chat_free_output(output);
            }
        });
    }

    /** The pointer that a function makes of a text. */
    static MemorySegment make(String input, Function<MemorySegment, MemorySegment> function) {
        return with(input, false, call -> requireMade(function.apply(call)));
    }

    /** @throws ChatCallException if native code made nothing */
    static MemorySegment requireMade(MemorySegment made) {
        if (made.address() == 0) {
            throw failure();
        }
        return made;
    }

    /** Why the last call of this thread failed. */
    static RuntimeException failure() {
        NativeError error = NativeError.last();
        return error.isShutdown() ? new ShutdownException() : new ChatCallException(reason(error));
    }

    /** All of it: a template's own reason comes last, behind the place in its source. */
    private static String reason(NativeError error) {
        String text = String.join("\n", error.message(), String.join("\n", error.log()));
        return CALLS.matcher(text).replaceFirst("").replace("\n------------\n", "\n").strip();
    }

    private static <T> T with(String input, boolean partial, Function<MemorySegment, T> work) {
        byte[] utf8 = Utf8.encode(input);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment call = lf_chat_call.allocate(arena);
            lf_chat_call.input(call, arena.allocate(utf8.length + 1L).copyFrom(MemorySegment.ofArray(utf8)));
            lf_chat_call.input_length(call, utf8.length);
            lf_chat_call.partial(call, partial);
            return work.apply(call);
        } finally {
            NativeLog.drain();
        }
    }
}
