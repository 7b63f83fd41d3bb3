package io.github.llamaffm.testkit;

/**
 * The numbers that a model is made by.
 *
 * @param experts 0: one feed-forward network per layer
 */
record Shape(int layers, int embedding, int heads, int keyValueHeads, int feedForward, int experts, int context) {

    static final Shape DEFAULT = new Shape(2, 64, 2, 1, 128, 0, 512);

    Shape {
        require("layers", layers, 1, 128);
        require("heads", heads, 1, 64);
        require("keyValueHeads", keyValueHeads, 1, heads);
        require("embeddingSize", embedding, 8, 8192);
        require("feedForwardSize", feedForward, 8, 65536);
        require("contextSize", context, 16, 1 << 20);
        if (embedding % (2 * heads) != 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(("an embedding of %d is not divisible into %d heads of an even size, or %d heads not into "
                    + "groups for %d key and value heads").formatted(embedding, heads, heads, keyValueHeads));
        }
    }

    int headSize() {
        return embedding / heads;
    }

    /** Of the keys or values of one token. */
    int keyValueSize() {
        return headSize() * keyValueHeads;
    }

    Shape withLayers(int value) {
        return new Shape(value, embedding, heads, keyValueHeads, feedForward, experts, context);
    }

    Shape withEmbedding(int value) {
        return new Shape(layers, value, heads, keyValueHeads, feedForward, experts, context);
    }

    Shape withHeads(int value, int keyValue) {
        return new Shape(layers, embedding, value, keyValue, feedForward, experts, context);
    }

    Shape withFeedForward(int value) {
        return new Shape(layers, embedding, heads, keyValueHeads, value, experts, context);
    }

    Shape withExperts(int value) {
        return new Shape(layers, embedding, heads, keyValueHeads, feedForward, value, context);
    }

    Shape withContext(int value) {
        return new Shape(layers, embedding, heads, keyValueHeads, feedForward, experts, value);
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d, which is not from %d to %d".formatted(name, value, least, most));
        }
    }
}
