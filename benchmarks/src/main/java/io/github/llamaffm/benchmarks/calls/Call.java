package io.github.llamaffm.benchmarks.calls;

/** What is measured, under the names that the benchmarks and the loops in C have. */
enum Call {

    DECODE("decode", "`decode` of one token of a one-layer model, its batch cleared and filled", true),
    BATCH_ADD("batchAdd", "`Batch.add` of a row", false),
    LOGITS_ROW("logitsRow", "a row of logits, and one of its numbers", false),
    SAMPLE_GREEDY("sampleGreedy", "`Sampler.sample`, greedy, of 512 tokens", false),
    SAMPLE_DEFAULT("sampleDefault", "`Sampler.sample`, the default chain, of 512 tokens", false),
    ACCEPT("accept", "`Sampler.accept` of one token", false),
    PIECE("piece", "`Tokenizer.piece` into an array", false),
    TOKENIZE("tokenize", "`Tokenizer.encode` of 71 characters", false),
    TOKEN_GREEDY("tokenGreedy", "a token of a `Generation`, greedy", true),
    TOKEN_DEFAULT("tokenDefault", "a token of a `Generation`, the default chain", true),
    TOKEN_VIRTUAL("tokenVirtual", "a token of a `Generation`, greedy, on a virtual thread", true),
    TOKEN_VIRTUAL_WHOLE("tokenVirtualWhole", "a token of `Generation.result()`, greedy, on a virtual thread", true);

    /** Of the method, and of the loop in C. */
    final String id;

    /** Markdown. */
    final String text;

    /** Whether it decodes, so that it is measured over {@link Library#NOTHING} too. */
    final boolean decodes;

    Call(String id, String text, boolean decodes) {
        this.id = id;
        this.text = text;
        this.decodes = decodes;
    }


    boolean isMeasuredOver(Library library) {
        return decodes || library == Library.SHIPPED;
    }
}
