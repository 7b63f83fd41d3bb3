package io.github.llamaffm.testkit;

import java.util.Set;
import java.util.stream.IntStream;

/** Transformers that generate, as Llama has them: attention, then a gated feed-forward network or experts. */
record DecoderFamily(Set<Trait> traits, float ropeBase) implements Family {

    enum Trait {
        /** Queries, keys and values in one tensor, and gate and up-projection too, as Phi 3 has it. */
        FUSED,
        /** Of queries, keys and values. */
        BIASES,
        /** Queries and keys are normalised. */
        QUERY_KEY_NORM,
        /** What attention and feed-forward network give is normalised too. */
        POST_NORM,
        /** Embeddings make the logits. */
        TIED,
        /** A factor for each frequency of the position encoding, as Llama 3.1 has it. */
        ROPE_FACTORS,
        /** Every second layer sees the last {@value #WINDOW} tokens only. */
        SLIDING_WINDOW,
        /** Each layer gets an embedding of the token of its own too, and windows are listed by layer, as Gemma 4 has it. */
        LAYER_EMBEDDINGS,
        /** Logits and attention scores cannot grow without bounds. */
        SOFT_CAP
    }

    static final int WINDOW = 32;

    /** Base of the positions in a sliding window. */
    private static final float NEAR = 10_000f;

    private static final int LAYER_EMBEDDING = 16;

    /** With tied embeddings the layers have to outweigh the input, or every token repeats itself. */
    private static final double TIED_GAIN = 16;

    /** Attention that looks at few tokens: with one that averages, texts soon go round in circles. */
    private static final double SHARP = 2;

    static DecoderFamily of(float ropeBase, Trait... traits) {
        return new DecoderFamily(Set.of(traits), ropeBase);
    }

    @Override
    public void write(ModelWriter out) {
        Shape shape = out.shape();
        out.putSizes();
        out.putAttention();
        out.put("attention.layer_norm_rms_epsilon", 1e-5f);
        out.put("attention.key_length", shape.headSize());
        out.put("attention.value_length", shape.headSize());
        out.put("rope.dimension_count", shape.headSize());
        out.put("rope.freq_base", ropeBase);
        if (shape.experts() > 0) {
            out.put("expert_count", shape.experts());
            out.put("expert_used_count", Math.min(2, shape.experts()));
        }
        if (traits.contains(Trait.SLIDING_WINDOW)) {
            out.put("attention.sliding_window", WINDOW);
            putPattern(out);
        }
        if (traits.contains(Trait.SOFT_CAP)) {
            out.put("attn_logit_softcapping", 50f);
            out.put("final_logit_softcapping", 30f);
        }
        if (traits.contains(Trait.TIED)) {
            out.tiedEmbeddings();
        } else {
            out.embeddings();
            out.output();
        }
        if (traits.contains(Trait.LAYER_EMBEDDINGS)) {
            writeLayerEmbeddings(out);
        }
        out.norm("output_norm.weight", shape.embedding());
        if (traits.contains(Trait.ROPE_FACTORS)) {
            out.vector("rope_freqs.weight", shape.headSize() / 2, 2, 0.25);
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            writeLayer(out, "blk." + layer + ".");
        }
    }

    private void putPattern(ModelWriter out) {
        if (traits.contains(Trait.LAYER_EMBEDDINGS)) {
            out.put("attention.sliding_window_pattern",
                    GgufValue.of(IntStream.range(0, out.shape().layers()).map(layer -> 1 - layer % 2).toArray()));
            out.put("attention.key_length_swa", out.shape().headSize());
            out.put("attention.value_length_swa", out.shape().headSize());
            out.put("rope.freq_base_swa", NEAR);
        } else {
            out.put("attention.sliding_window_pattern", 2);
        }
    }

    private static void writeLayerEmbeddings(ModelWriter out) {
        int all = LAYER_EMBEDDING * out.shape().layers();
        out.put("embedding_length_per_layer_input", LAYER_EMBEDDING);
        out.embeddings("per_layer_token_embd.weight", all);
        out.matrix("per_layer_model_proj.weight", out.shape().embedding(), all);
        out.norm("per_layer_proj_norm.weight", LAYER_EMBEDDING);
    }

    private void writeLayer(ModelWriter out, String layer) {
        int embedding = out.shape().embedding();
        if (traits.contains(Trait.LAYER_EMBEDDINGS)) {
            out.matrix(layer + "inp_gate.weight", embedding, LAYER_EMBEDDING);
            out.matrix(layer + "proj.weight", LAYER_EMBEDDING, embedding);
            out.norm(layer + "post_norm.weight", embedding, branchGain());
        }
        out.norm(layer + "attn_norm.weight", embedding);
        writeAttention(out, layer);
        out.norm(layer + "ffn_norm.weight", embedding);
        if (traits.contains(Trait.POST_NORM)) {
            out.norm(layer + "post_attention_norm.weight", embedding, branchGain());
            out.norm(layer + "post_ffw_norm.weight", embedding, branchGain());
        }
        if (out.shape().experts() > 0) {
            writeExperts(out, layer);
        } else {
            writeFeedForward(out, layer);
        }
    }

    private void writeAttention(ModelWriter out, String layer) {
        Shape shape = out.shape();
        int embedding = shape.embedding();
        int keyValue = shape.keyValueSize();
        if (traits.contains(Trait.FUSED)) {
            out.matrix(layer + "attn_qkv.weight", embedding, embedding + 2 * keyValue, SHARP);
        } else {
            out.matrix(layer + "attn_q.weight", embedding, embedding, SHARP);
            out.matrix(layer + "attn_k.weight", embedding, keyValue);
            out.matrix(layer + "attn_v.weight", embedding, keyValue);
        }
        if (traits.contains(Trait.BIASES)) {
            out.bias(layer + "attn_q.bias", embedding);
            out.bias(layer + "attn_k.bias", keyValue);
            out.bias(layer + "attn_v.bias", keyValue);
        }
        if (traits.contains(Trait.QUERY_KEY_NORM)) {
            out.norm(layer + "attn_q_norm.weight", shape.headSize(), SHARP);
            out.norm(layer + "attn_k_norm.weight", shape.headSize());
        }
        out.matrix(layer + "attn_output.weight", embedding, embedding, branchGain());
    }

    private void writeFeedForward(ModelWriter out, String layer) {
        int embedding = out.shape().embedding();
        int hidden = out.shape().feedForward();
        if (traits.contains(Trait.FUSED)) {
            out.matrix(layer + "ffn_up.weight", embedding, 2 * hidden);
        } else {
            out.matrix(layer + "ffn_gate.weight", embedding, hidden);
            out.matrix(layer + "ffn_up.weight", embedding, hidden);
        }
        out.matrix(layer + "ffn_down.weight", hidden, embedding, 2 * branchGain());
    }

    private void writeExperts(ModelWriter out, String layer) {
        int embedding = out.shape().embedding();
        int hidden = out.shape().feedForward();
        out.floats(layer + "ffn_gate_inp.weight", 1 / Math.sqrt(embedding), embedding, out.shape().experts());
        out.experts(layer + "ffn_gate_exps.weight", embedding, hidden, 1);
        out.experts(layer + "ffn_up_exps.weight", embedding, hidden, 1);
        out.experts(layer + "ffn_down_exps.weight", hidden, embedding, 2 * branchGain());
    }

    private double branchGain() {
        return traits.contains(Trait.TIED) ? TIED_GAIN : 1;
    }
}
