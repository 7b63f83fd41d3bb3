package io.github.llamaffm.cli.bench;

import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;

/** How the next token is chosen. */
enum Sampling {
    /** At random, before the last one is computed: what llama-bench measures. */
    NONE,
    /** The most likely one. */
    GREEDY,
    /** With the chain of llama.cpp's tools. */
    DEFAULT;

    /** Nothing that ends a text is chosen: each repetition makes as many tokens. */
    SamplerOptions options() {
        return this == GREEDY
                ? SamplerOptions.of(new SamplerSpec.NoEnd(), new SamplerSpec.Greedy())
                : SamplerOptions.builder().noEnd(true).seed(1).build();
    }
}
