package io.github.llamaffm;

import java.util.OptionalInt;

/** A model's vocabulary: text to tokens and back. Any thread, until the model is closed. */
public interface Tokenizer {

    /** As {@link #encode(String, boolean, boolean)}, with special tokens neither added nor parsed. */
    default int[] encode(String text) {
        return encode(text, false, false);
    }

    /**
     * The tokens of a text. Calls {@code llama_tokenize}.
     *
     * @param text at most 16 MiB of UTF-8; U+0000 is a character like any other
     * @param addSpecial adds what the model wants at start and end, such as BOS
     * @param parseSpecial reads the names of control tokens in the text as these tokens: only for text that the program wrote
     *     itself, never for text of others
     * @throws IllegalArgumentException if a surrogate lacks its other half, with its index
     * @throws TokenizeException if the text is too long or cannot be encoded
     */
    int[] encode(String text, boolean addSpecial, boolean parseSpecial);

    /**
     * The text of tokens, without control tokens and with U+FFFD for what is not UTF-8. Vocabularies that clean up spaces
     * do so here ({@code " ?"} becomes {@code "?"}), but not in a {@link #piece} or the text of a {@link Generation}. Calls
     * {@code llama_detokenize}.
     *
     * @param tokens at most 16,777,216
     * @throws IllegalArgumentException if one is not in the vocabulary, with its index
     */
    String decode(int... tokens);

    /**
     * The bytes of one token, perhaps part of a character; of a control token its name. Calls {@code
     * llama_token_to_piece}.
     *
     * @throws IllegalArgumentException if it is not in the vocabulary
     */
    byte[] piece(int token);

    /**
     * As {@link #piece(int)}, into an array of the caller: allocates nothing.
     *
     * @param out filled from its start on
     * @return how many bytes
     * @throws IllegalArgumentException if the token is not in the vocabulary, or {@code out} is too short, with the length needed
     */
    int piece(int token, byte[] out);

    /** Tokens in the vocabulary: ids are from 0 to one less. Calls {@code llama_vocab_n_tokens}. */
    int size();

    /**
     * Whether the token ends a generation.
     *
     * @throws IllegalArgumentException if it is not in the vocabulary
     */
    boolean isEndOfGeneration(int token);

    /** The tokens that end a generation, ascending. Calls {@code llama_vocab_is_eog}. */
    int[] endOfGeneration();

    /** The token at the start of a text. Calls {@code llama_vocab_bos}. */
    OptionalInt bos();

    /** The token at the end of a text. Calls {@code llama_vocab_eos}. */
    OptionalInt eos();

    /** The token at the end of a turn. Calls {@code llama_vocab_eot}. */
    OptionalInt eot();

    /** The token of a line's end. Calls {@code llama_vocab_nl}. */
    OptionalInt newline();

    /** The token between two sentences. Calls {@code llama_vocab_sep}. */
    OptionalInt sep();

    /** The token that fills up. Calls {@code llama_vocab_pad}. */
    OptionalInt pad();

    /** The token that stands for a hidden one. Calls {@code llama_vocab_mask}. */
    OptionalInt mask();

    /** The token before the text in front of a gap. Calls {@code llama_vocab_fim_pre}. */
    OptionalInt fimPrefix();

    /** The token before the text behind a gap. Calls {@code llama_vocab_fim_suf}. */
    OptionalInt fimSuffix();

    /** The token before the text that fills a gap. Calls {@code llama_vocab_fim_mid}. */
    OptionalInt fimMiddle();

    /** The token that fills up where a gap is filled. Calls {@code llama_vocab_fim_pad}. */
    OptionalInt fimPad();

    /** The token before the name of a repository. Calls {@code llama_vocab_fim_rep}. */
    OptionalInt fimRepository();

    /** The token between two files of a repository. Calls {@code llama_vocab_fim_sep}. */
    OptionalInt fimSeparator();

    /**
     * What the vocabulary says of a token. Calls {@code llama_vocab_get_text}, {@code llama_vocab_get_score} and {@code
     * llama_vocab_get_attr}.
     *
     * @throws IllegalArgumentException if it is not in the vocabulary
     */
    TokenInfo info(int token);

    /** Whether {@code addSpecial} puts BOS in front. Calls {@code llama_vocab_get_add_bos}. */
    boolean addsBos();

    /** Whether {@code addSpecial} puts EOS behind. Calls {@code llama_vocab_get_add_eos}. */
    boolean addsEos();
}
