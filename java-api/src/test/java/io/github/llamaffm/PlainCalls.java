package io.github.llamaffm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.llama_batch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The functions of llama.h, one by one, on a context that our API leaves alone: what a C program would do. */
public final class PlainCalls {

    private final NativeContext context;
    private final MemorySegment memory;

    public PlainCalls(Context context) {
        this.context = (NativeContext) context;
        this.memory = LlamaFfm.llama_get_memory(this.context.pointer());
    }

    /** Decodes tokens at consecutive positions; the logits after the last one. */
    public float[] decode(int sequence, int position, int... tokens) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment batch = llama_batch.allocate(arena);
            int count = tokens.length;
            MemorySegment positions = arena.allocate(ValueLayout.JAVA_INT, count);
            MemorySegment ones = arena.allocate(ValueLayout.JAVA_INT, count);
            MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, count);
            MemorySegment outputs = arena.allocate(count);
            MemorySegment id = arena.allocateFrom(ValueLayout.JAVA_INT, sequence);
            for (int i = 0; i < count; i++) {
                positions.setAtIndex(ValueLayout.JAVA_INT, i, position + i);
                ones.setAtIndex(ValueLayout.JAVA_INT, i, 1);
                pointers.setAtIndex(ValueLayout.ADDRESS, i, id);
            }
            outputs.set(ValueLayout.JAVA_BYTE, count - 1, (byte) 1);
            llama_batch.n_tokens(batch, count);
            llama_batch.token(batch, arena.allocateFrom(ValueLayout.JAVA_INT, tokens));
            llama_batch.pos(batch, positions);
            llama_batch.n_seq_id(batch, ones);
            llama_batch.seq_id(batch, pointers);
            llama_batch.logits(batch, outputs);
            assertThat(LlamaFfm.llama_decode(context.pointer(), batch)).isZero();
            long bytes = (long) context.model().info().vocabularySize() * Float.BYTES;
            return Pointers.view(LlamaFfm.llama_get_logits_ith(context.pointer(), count - 1), bytes)
                    .toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    public boolean remove(int sequence, int from, int to) {
        return LlamaFfm.llama_memory_seq_rm(memory, sequence, from, to);
    }

    public void shift(int sequence, int from, int to, int by) {
        LlamaFfm.llama_memory_seq_add(memory, sequence, from, to, by);
    }

    /** All that llama.cpp would save of a context. */
    public static byte[] state(Context context) {
        MemorySegment pointer = ((NativeContext) context).pointer();
        long size = LlamaFfm.llama_state_get_size(pointer);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(size);
            assertThat(LlamaFfm.llama_state_get_data(pointer, bytes, size)).isEqualTo(size);
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
