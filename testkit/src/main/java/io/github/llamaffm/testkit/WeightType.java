package io.github.llamaffm.testkit;

/** How weights lie in the file. */
public enum WeightType {
    /** Four bytes each. */
    F32(0, 4),
    /** Two bytes each; norms, biases and other vectors stay {@link #F32}. */
    F16(1, 2);

    private final int code;
    private final int size;

    WeightType(int code, int size) {
        this.code = code;
        this.size = size;
    }

    /** The {@code ggml_type}. */
    int code() {
        return code;
    }

    /** Bytes of one weight. */
    int size() {
        return size;
    }
}
