package io.github.llamaffm;

/** What a context cannot do, with this model or these options: told before native code answers it with an abort or a signal. */
final class ContextRules {

    private final NativeContext context;

    ContextRules(NativeContext context) {
        this.context = context;
    }

    /** For what goes on where an earlier call ended. */
    void requireHistory() {
        if (!context.hasMemory() || !context.model().info().hasDecoder()) {
            throw new IllegalStateException(
                    "the model keeps nothing between two batches, as BERT does: it cannot continue a text; decode whole texts in a"
                            + " batch, or use an Embedder or a Reranker");
        }
    }

    /** For what makes text. */
    void requireGenerates() {
        requireHistory();
        if (context.hasEncoder() && context.model().info().decoderStartToken().isEmpty()) {
            throw new IllegalStateException("the model does not say which token its decoder starts with: encode, then decode");
        }
    }

    void requireDecodes(NativeBatch batch) {
        if (batch.size() > context.ubatchSize() && !context.traits().causal()) {
            throw new IllegalArgumentException(("%d rows are more than the ubatch of %d that is computed at once: attention is not"
                    + " causal; take fewer, or raise ubatchSize").formatted(batch.size(), context.ubatchSize()));
        }
    }

    void requireEncodes(NativeBatch batch) {
        if (context.hasMemory() && !context.hasEncoder()) {
            throw new IllegalStateException("the model has no encoder: decode the batch");
        }
        int most = Math.min(context.ubatchSize(), ContextCreation.maxOutputs(context.model(), context.options()));
        if (batch.size() > most) {
            throw new IllegalArgumentException(("%d rows are more than the %d that are encoded at once; take fewer, or raise"
                    + " ubatchSize, and maxOutputs where that is less").formatted(batch.size(), most));
        }
    }

    /** Longer texts are computed in several pieces. */
    void requireOnePiece(int tokens) {
        ContextTraits traits = context.traits();
        if (tokens > context.ubatchSize() && traits.inOnePiece()) {
            throw new IllegalArgumentException(("%d tokens are more than one ubatch of %d, and this context computes each text"
                    + " in one piece (%s); raise ubatchSize").formatted(tokens, context.ubatchSize(),
                    traits.causal() ? "pooling " + traits.pooling() : "attention is not causal"));
        }
    }

    /** @param used tokens that are there already */
    void requireRoomFor(int[] prompt, int used) {
        if (!context.hasEncoder()) {
            requireOnePiece(prompt.length);
        }
        // The last token of a full sequence has no cell.
        int left = Math.max(0, context.sequenceSize() - used);
        if (prompt.length > left) {
            throw new PromptTooLongException(prompt.length, left, context.sequenceSize());
        }
        int piece = context.ownBatch().capacity();
        if (context.hasEncoder() && prompt.length > piece) {
            throw PromptTooLongException.ofEncoder(prompt.length, piece);
        }
    }

    /** For attention that sees what comes after. */
    void requireNoOrder() {
        MemoryKind kind = context.cache().kind();
        if (kind == MemoryKind.RECURRENT || kind == MemoryKind.HYBRID) {
            throw new UnsupportedMemoryException("a state takes its tokens one after the other: attention of this model is causal",
                    kind);
        }
        if (context.sequenceSize() < context.size()) {
            throw new IllegalStateException("non-causal attention of several sequences needs a unified cache: leave unifiedCache"
                    + " at its default");
        }
    }

    NativeSequence requireOwn(Sequence sequence) {
        if (!(Leaks.target(sequence) instanceof NativeSequence own) || own.context() != context) {
            throw new IllegalArgumentException("the sequence is not one of this context");
        }
        return own;
    }

    void requireTokens(int[] tokens) {
        for (int i = 0; i < tokens.length; i++) {
            requireToken(tokens[i], i);
        }
    }

    void requireToken(int token, int index) {
        context.model().tokenizer().requireToken(token, index);
    }
}
