package io.github.llamaffm.testkit;

/** Mamba: a state of fixed size for each sequence, and no attention. */
final class RecurrentFamily implements Family {

    private static final int KERNEL = 4;
    private static final int STATE = 16;

    @Override
    public void write(ModelWriter out) {
        Shape shape = out.shape();
        int embedding = shape.embedding();
        int inner = 2 * embedding;
        int rank = Math.ceilDiv(embedding, 16);
        out.putSizes();
        out.put("feed_forward_length", 0);
        out.put("attention.head_count", 0);
        out.put("attention.layer_norm_rms_epsilon", 1e-5f);
        out.put("ssm.conv_kernel", KERNEL);
        out.put("ssm.inner_size", inner);
        out.put("ssm.state_size", STATE);
        out.put("ssm.time_step_rank", rank);
        out.embeddings();
        out.output();
        out.norm("output_norm.weight", embedding);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            out.norm(prefix + "attn_norm.weight", embedding);
            out.matrix(prefix + "ssm_in.weight", embedding, 2 * inner);
            out.floats(prefix + "ssm_conv1d.weight", 0.5, KERNEL, inner);
            out.bias(prefix + "ssm_conv1d.bias", inner);
            out.matrix(prefix + "ssm_x.weight", inner, rank + 2 * STATE);
            out.matrix(prefix + "ssm_dt.weight", rank, inner);
            out.bias(prefix + "ssm_dt.bias", inner);
            // How fast the state is forgotten.
            String decay = prefix + "ssm_a";
            out.add(decay, WeightType.F32, out.random(decay, 1, 0.5).negative(), STATE, inner);
            out.vector(prefix + "ssm_d", inner, 1, 0.1);
            out.matrix(prefix + "ssm_out.weight", inner, embedding, 2);
        }
    }
}
