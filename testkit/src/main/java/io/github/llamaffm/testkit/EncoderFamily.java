package io.github.llamaffm.testkit;

import java.util.List;

/**
 * BERT: reads a whole text at once and gives embeddings.
 *
 * @param labels outputs of a classification head; empty: no head
 */
record EncoderFamily(List<String> labels) implements Family {

    private static final int POOLING_MEAN = 1;
    private static final int POOLING_RANK = 4;

    @Override
    public void write(ModelWriter out) {
        Shape shape = out.shape();
        int embedding = shape.embedding();
        out.putSizes();
        out.put("feed_forward_length", shape.feedForward());
        out.put("attention.head_count", shape.heads());
        out.put("attention.layer_norm_epsilon", 1e-12f);
        out.put("attention.causal", GgufValue.of(false));
        out.put("pooling_type", labels.isEmpty() ? POOLING_MEAN : POOLING_RANK);
        out.embeddings();
        out.floats("token_types.weight", 0.1, embedding, 2);
        out.floats("position_embd.weight", 0.25, embedding, shape.context());
        out.norm("token_embd_norm.weight", embedding);
        out.bias("token_embd_norm.bias", embedding);
        if (!labels.isEmpty()) {
            out.put("classifier.output_labels", GgufValue.of(labels));
            out.floats("cls.weight", 1 / Math.sqrt(embedding), embedding, embedding);
            out.bias("cls.bias", embedding);
            out.floats("cls.output.weight", 4 / Math.sqrt(embedding), embedding, labels.size());
            out.bias("cls.output.bias", labels.size());
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            writeLayer(out, "blk." + layer + ".");
        }
    }

    private static void writeLayer(ModelWriter out, String layer) {
        int embedding = out.shape().embedding();
        int hidden = out.shape().feedForward();
        for (String part : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
            out.matrix(layer + part + ".weight", embedding, embedding, 2);
            out.bias(layer + part + ".bias", embedding);
        }
        out.norm(layer + "attn_output_norm.weight", embedding);
        out.bias(layer + "attn_output_norm.bias", embedding);
        out.matrix(layer + "ffn_up.weight", embedding, hidden);
        out.bias(layer + "ffn_up.bias", hidden);
        out.matrix(layer + "ffn_down.weight", hidden, embedding, 2);
        out.bias(layer + "ffn_down.bias", embedding);
        out.norm(layer + "layer_output_norm.weight", embedding);
        out.bias(layer + "layer_output_norm.bias", embedding);
    }
}
