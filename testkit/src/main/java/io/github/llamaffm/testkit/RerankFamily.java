package io.github.llamaffm.testkit;

import java.util.List;

/** A generative model with a head that judges: yes or no, from the last token of a pair that a template puts together. */
record RerankFamily(Family base) implements Family {

    static final String TEMPLATE = "<|im_start|>system\nJudge whether the document answers the query: yes or no.<|im_end|>\n"
            + "<|im_start|>user\n<Query>: {query}\n<Document>: {document}<|im_end|>\n<|im_start|>assistant\n";

    private static final int POOLING_RANK = 4;

    @Override
    public void write(ModelWriter out) {
        base.write(out);
        List<String> labels = List.of("yes", "no");
        out.put("pooling_type", POOLING_RANK);
        out.put("classifier.output_labels", GgufValue.of(labels));
        out.floats("cls.output.weight", 1 / Math.sqrt(out.shape().embedding()), out.shape().embedding(), labels.size());
    }
}
