package io.github.llamaffm.testkit;

/** T5 with gated feed-forward networks, as Flan-T5 has them: an encoder, and a decoder that looks at what it read. */
final class EncoderDecoderFamily implements Family {

    private static final int BUCKETS = 32;

    @Override
    public void write(ModelWriter out) {
        Shape shape = out.shape();
        int embedding = shape.embedding();
        out.putSizes();
        out.put("feed_forward_length", shape.feedForward());
        out.put("attention.head_count", shape.heads());
        out.put("attention.key_length", shape.headSize());
        out.put("attention.value_length", shape.headSize());
        out.put("attention.layer_norm_rms_epsilon", 1e-6f);
        out.put("attention.relative_buckets_count", BUCKETS);
        // <pad>, as in every T5.
        out.put("decoder_start_token_id", 0);
        out.embeddings();
        out.output();
        out.norm("enc.output_norm.weight", embedding);
        out.norm("dec.output_norm.weight", embedding);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String encoder = "enc.blk." + layer + ".";
            writeAttention(out, encoder + "attn");
            out.floats(encoder + "attn_rel_b.weight", 1, shape.heads(), BUCKETS);
            writeFeedForward(out, encoder);
            String decoder = "dec.blk." + layer + ".";
            writeAttention(out, decoder + "attn");
            out.floats(decoder + "attn_rel_b.weight", 1, shape.heads(), BUCKETS);
            writeAttention(out, decoder + "cross_attn");
            writeFeedForward(out, decoder);
        }
    }

    /** T5 does not divide by the root of the head size: queries make up for it. */
    private static void writeAttention(ModelWriter out, String prefix) {
        int embedding = out.shape().embedding();
        out.norm(prefix + "_norm.weight", embedding);
        out.matrix(prefix + "_q.weight", embedding, embedding, 1 / Math.sqrt(out.shape().headSize()));
        out.matrix(prefix + "_k.weight", embedding, embedding);
        out.matrix(prefix + "_v.weight", embedding, embedding);
        out.matrix(prefix + "_o.weight", embedding, embedding, 2);
    }

    private static void writeFeedForward(ModelWriter out, String layer) {
        int embedding = out.shape().embedding();
        int hidden = out.shape().feedForward();
        out.norm(layer + "ffn_norm.weight", embedding);
        out.matrix(layer + "ffn_gate.weight", embedding, hidden);
        out.matrix(layer + "ffn_up.weight", embedding, hidden);
        out.matrix(layer + "ffn_down.weight", hidden, embedding, 2);
    }
}
