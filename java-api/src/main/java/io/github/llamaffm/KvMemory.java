package io.github.llamaffm;

import io.github.llamaffm.internal.HostMemory;
import java.util.OptionalLong;

/**
 * What a KV cache takes at least, found before it is allocated: llama.cpp writes to all of it at once, and the system kills
 * a process that has no room for it.
 */
final class KvMemory {

    private static final int DEFAULT_MOST = 8192;
    private static final int DEFAULT_STEP = 256;

    /** No model's heads are so much wider than its embedding divided by their number. */
    private static final int UNUSUAL_HEADS = 4;

    private final Cache cache;
    private final OptionalLong available;

    KvMemory(NativeModelInfo info, ContextOptions options) {
        this(new ModelCache(info, options.keyType(), options.valueType()), HostMemory.available());
    }

    KvMemory(Cache cache, OptionalLong available) {
        this.cache = cache;
        this.available = available;
    }

    /** What is known of a model's cache. */
    interface Cache {

        int trainedContextSize();

        /** Quickly, and perhaps wrong by a factor of {@link KvMemory#UNUSUAL_HEADS}. */
        long usualBytesPerToken();

        /** A lower bound, 0 where a token takes no room. */
        long bytesPerToken();
    }

    /**
     * The size to ask llama.cpp for.
     *
     * @throws InsufficientMemoryException if it cannot fit
     */
    int contextSize(ContextOptions options) {
        int trained = Math.max(cache.trainedContextSize(), 1);
        if (options.contextSize().isEmpty() && !options.trainedContextSize()) {
            return largestThatFits(Math.min(trained, DEFAULT_MOST));
        }
        int size = options.contextSize().orElse(trained);
        if (!fits(size)) {
            throw tooLarge(size);
        }
        return size;
    }

    private int largestThatFits(int most) {
        int size = most;
        while (!fits(size)) {
            size = (size - 1) / DEFAULT_STEP * DEFAULT_STEP;
            if (size == 0) {
                throw tooLarge(DEFAULT_STEP);
            }
        }
        return size;
    }

    private boolean fits(long size) {
        if (available.isEmpty() || size * UNUSUAL_HEADS * cache.usualBytesPerToken() <= available.getAsLong()) {
            return true;
        }
        return size * cache.bytesPerToken() <= available.getAsLong();
    }

    private InsufficientMemoryException tooLarge(long size) {
        long needed = size * cache.bytesPerToken();
        long free = available.orElse(0);
        return new InsufficientMemoryException(
                "a context of %d tokens needs %d MiB for its KV cache, %d MiB are available; lower contextSize to at most %d"
                        .formatted(size, needed >> 20, free >> 20, Math.max(1, free / cache.bytesPerToken())),
                needed, free);
    }

    private record ModelCache(NativeModelInfo info, KvType keyType, KvType valueType) implements Cache {

        @Override
        public int trainedContextSize() {
            return info.trainedContextSize();
        }

        /** Without metadata, whose getters cost start-up time. */
        @Override
        public long usualBytesPerToken() {
            return bytes(info.layerCount() * (long) info.kvHeadCount(), usualHeadSize() + 1, usualHeadSize() + 1);
        }

        @Override
        public long bytesPerToken() {
            String attention = info.architecture() + ".attention.";
            long keys = number(attention + "key_length");
            long values = number(attention + "value_length");
            // With a sliding window or a recurrent state, how many layers keep every token is not known here: at least one.
            long layers = info.windowSize() > 0 || info.isRecurrent() ? 1 : info.layerCount();
            return bytes(layers * info.kvHeadCount(), keys, values);
        }

        private long bytes(long heads, long keys, long values) {
            return heads * (keys * KvTypes.bytesOf32(keyType) + values * KvTypes.bytesOf32(valueType)) / 32;
        }

        private long usualHeadSize() {
            return info.embeddingSize() / Math.max(1, info.headCount());
        }

        private long number(String key) {
            try {
                return info.metadata(key).map(Long::parseLong).orElseGet(this::usualHeadSize);
            } catch (NumberFormatException e) {
                return usualHeadSize();
            }
        }
    }
}
