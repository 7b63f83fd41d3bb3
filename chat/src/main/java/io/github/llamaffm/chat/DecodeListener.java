package io.github.llamaffm.chat;

/** Sees an answer being made, on the thread that makes it, which computes nothing meanwhile: whoever may be slow only takes notes. */
interface DecodeListener {

    /** So many tokens of a prompt are evaluated, of those that were not cached. */
    void evaluated(int tokens, int total);

    /**
     * More text, with the names of special tokens that the template wants to see.
     *
     * @param tokens of the answer until now
     */
    void text(String piece, int tokens);
}
