package io.github.llamaffm;

/** What a model keeps of the tokens that it has read, and so what a {@link Sequence} can do. */
public enum MemoryKind {
    /** A cell for each token: everything can be removed, shifted and truncated. */
    ATTENTION,
    /** As attention, but some layers keep the last tokens only: a sequence can go back as far as they are still there. */
    SLIDING_WINDOW,
    /** One state for all tokens, as Mamba has: it can be cleared, but it cannot forget. */
    RECURRENT,
    /** Cells in some layers and states in others: it can do what both can. */
    HYBRID,
    /** Nothing: encoders such as BERT, and diffusion models. */
    NONE
}
