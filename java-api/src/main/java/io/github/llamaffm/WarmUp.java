package io.github.llamaffm;

import java.util.stream.IntStream;

/**
 * Computes something that nobody asked for, as llama.cpp's tools do when they start (common_init_from_params): memory is
 * touched and graphs are laid out now, not with the first prompt. In a call of the context.
 */
final class WarmUp {

    private final NativeContext context;
    private final Stop stop;

    WarmUp(NativeContext context, Stop stop) {
        this.context = context;
        this.stop = stop;
    }

    void run() {
        // An encoder that has run is warm, and another run would take its output from the sequences that wait for it.
        if (context.decoder().hasEncoded()) {
            return;
        }
        PerfCounters before = context.counters().read();
        NativeSequence sequence = context.sequences().lease();
        try {
            int[] tokens = tokens();
            if (context.hasEncoder() || !context.hasMemory()) {
                require(context.encodePrompt(sequence, tokens, stop));
                tokens = context.model().info().decoderStartToken().stream().toArray();
            }
            if (tokens.length > 0 && context.hasMemory() && context.model().info().hasDecoder()) {
                require(sequence.extend(tokens, true, stop));
            }
        } finally {
            context.sequences().release(sequence);
            if (!context.isPoisoned()) {
                context.decoder().forgetEncoding();
                context.counters().resetTo(before);
            }
        }
    }

    private int[] tokens() {
        NativeTokenizer tokenizer = context.model().tokenizer();
        int[] tokens = IntStream.concat(tokenizer.bos().stream(), tokenizer.eos().stream())
                .limit(Math.min(context.ownBatch().capacity(), ContextCreation.maxOutputs(context.model(), context.options())))
                .toArray();
        return tokens.length == 0 ? new int[] {0} : tokens;
    }

    private static void require(boolean done) {
        if (!done) {
            throw new CancelledException("the warm-up was cancelled");
        }
    }
}
