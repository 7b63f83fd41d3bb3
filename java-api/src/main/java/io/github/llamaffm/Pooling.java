package io.github.llamaffm;

/** What becomes of the embeddings of a sequence's tokens. The values of {@code enum llama_pooling_type}. */
public enum Pooling {
    /** What the model says of itself; {@link #NONE} where it says nothing. */
    MODEL,
    /** Nothing: one embedding per token. */
    NONE,
    /** Their mean. */
    MEAN,
    /** That of the first token, which the model was trained to sum up with. */
    CLS,
    /** That of the last token: for generative models. */
    LAST,
    /** The outputs of the model's rank head. */
    RANK
}
