package io.github.llamaffm.testkit;

/** Falcon: attention and feed-forward network side by side on one layer norm, one key and value head. */
final class FalconFamily implements Family {

    @Override
    public void write(ModelWriter out) {
        Shape shape = out.shape();
        int embedding = shape.embedding();
        out.putSizes();
        out.putAttention();
        out.put("attention.layer_norm_epsilon", 1e-5f);
        out.embeddings();
        out.output();
        out.norm("output_norm.weight", embedding);
        out.bias("output_norm.bias", embedding);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            out.norm(prefix + "attn_norm.weight", embedding);
            out.bias(prefix + "attn_norm.bias", embedding);
            out.matrix(prefix + "attn_qkv.weight", embedding, embedding + 2 * shape.keyValueSize(), 2);
            out.matrix(prefix + "attn_output.weight", embedding, embedding, 4);
            out.matrix(prefix + "ffn_up.weight", embedding, shape.feedForward());
            out.matrix(prefix + "ffn_down.weight", shape.feedForward(), embedding, 2);
        }
    }
}
