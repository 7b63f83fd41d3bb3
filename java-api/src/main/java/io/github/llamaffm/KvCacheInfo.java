package io.github.llamaffm;

/**
 * What the memory of a context is and can do, read from llama.cpp's memory object: asking touches nothing.
 *
 * @param kind what is kept of a token
 * @param unified whether all sequences share one stream of cells, so that {@link Sequence#fork()} copies no tensor data
 * @param streams 1, or one for each sequence
 * @param keyType how keys are stored; {@link KvType#F32} for the states of {@link MemoryKind#RECURRENT}
 * @param valueType how values are stored
 * @param bytes all buffers together
 * @param canShift whether positions can be changed; {@link Sequence#canShift(int, int)} answers for certain tokens
 * @param canTruncate whether a sequence keeps all that it needs to go back; {@link Sequence#canTruncate(int)} answers for a
 *     certain length
 */
public record KvCacheInfo(
        MemoryKind kind,
        boolean unified,
        int streams,
        KvType keyType,
        KvType valueType,
        long bytes,
        boolean canShift,
        boolean canTruncate) {}
