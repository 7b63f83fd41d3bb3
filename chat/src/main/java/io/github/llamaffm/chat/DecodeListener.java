package io.github.llamaffm.chat;

/** Sees an answer being made, on the thread that makes it. */
interface DecodeListener {

    /** So many tokens of a prompt are evaluated, of those that were not cached. */
    void evaluated(int tokens, int total);

    /** More text, with the names of special tokens that the template wants to see. */
    void text(String piece);
}
