package io.github.llamaffm;

import io.github.llamaffm.internal.Utf8;

/**
 * Where weights go whose names match a pattern, whatever else the options say.
 *
 * @param pattern an ECMAScript regular expression that is found anywhere in the name of a tensor, such as {@code
 *     blk\.[0-3]\.ffn_.*}; at most {@value #MAX_PATTERN_LENGTH} characters. One that is wrong fails the load
 * @param device one of {@link LlamaRuntime#devices()}; the CPU device is the host's memory
 */
public record TensorPlacement(String pattern, Device device) {

    /** The native parser of patterns recurses with their depth. */
    private static final int MAX_PATTERN_LENGTH = 500;

    /** Checks the length, and that it is Unicode. */
    public TensorPlacement {
        if (pattern.isEmpty() || pattern.length() > MAX_PATTERN_LENGTH || pattern.indexOf(0) >= 0) {
            throw new IllegalArgumentException("a pattern has 1 to %d characters and no U+0000; this one has %d characters"
                    .formatted(MAX_PATTERN_LENGTH, pattern.length()));
        }
        Utf8.encode(pattern);
    }
}
