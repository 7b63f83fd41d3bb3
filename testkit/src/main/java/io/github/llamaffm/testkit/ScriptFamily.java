package io.github.llamaffm.testkit;

/**
 * A Llama that knows one answer by heart: each token is a direction of its own, the layers add nothing, and the output maps each
 * direction to the token that follows.
 */
record ScriptFamily(Script script) implements Family {

    /** Of the right token: so much above the others that sampling finds it at any usual temperature. */
    private static final float CERTAIN = 100;

    /** Directions for the pieces, and one for every token that is none. */
    static int directions(Script script) {
        return script.pieces().size() + 1;
    }

    @Override
    public void write(ModelWriter out) {
        Shape shape = out.shape();
        int embedding = shape.embedding();
        int pieces = script.pieces().size();
        int first = BytePairVocabulary.firstFurther();
        if (embedding < directions(script)) {
            throw new IllegalArgumentException("an embedding of %d is too small for an answer of %d pieces".formatted(embedding, pieces));
        }
        out.putSizes();
        out.putAttention();
        out.put("attention.layer_norm_rms_epsilon", 1e-5f);
        out.put("rope.dimension_count", shape.headSize());
        out.addTokens("token_embd.weight", (token, direction) -> direction == (token < first ? pieces : token - first) ? 1 : 0);
        float weight = CERTAIN / (float) Math.sqrt(embedding);
        out.addTokens("output.weight", (token, direction) -> direction == before(token, first, pieces) ? weight : 0);
        out.add("output_norm.weight", WeightType.F32, _ -> 1, embedding);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            out.norm(prefix + "attn_norm.weight", embedding);
            out.matrix(prefix + "attn_q.weight", embedding, embedding);
            out.matrix(prefix + "attn_k.weight", embedding, shape.keyValueSize());
            out.matrix(prefix + "attn_v.weight", embedding, shape.keyValueSize());
            out.add(prefix + "attn_output.weight", WeightType.F32, _ -> 0, embedding, embedding);
            out.norm(prefix + "ffn_norm.weight", embedding);
            out.matrix(prefix + "ffn_gate.weight", embedding, shape.feedForward());
            out.matrix(prefix + "ffn_up.weight", embedding, shape.feedForward());
            out.add(prefix + "ffn_down.weight", WeightType.F32, _ -> 0, shape.feedForward(), embedding);
        }
    }

    /** The direction after which a token comes: -1 where it never does. */
    private static int before(int token, int first, int pieces) {
        if (token == BytePairVocabulary.turnEnd()) {
            return pieces - 1;
        }
        if (token == first) {
            return pieces;
        }
        return token < first ? -1 : token - first - 1;
    }
}
