package io.github.llamaffm;

import java.util.Set;

/**
 * An entry of a vocabulary.
 *
 * @param text as the vocabulary writes it, which is not always what it stands for: {@code \u2581Paris} or {@code \u0120Paris}
 * @param score where the vocabulary has scores; else 0
 * @param attributes may be empty
 */
public record TokenInfo(String text, float score, Set<Attribute> attributes) {

    /** The bits of {@code enum llama_token_attr}, in their order. */
    public enum Attribute {
        /** Stands for what the vocabulary does not know. */
        UNKNOWN,
        /** Has no meaning. */
        UNUSED,
        /** Text. */
        NORMAL,
        /** Steers a model; it has no text of its own. */
        CONTROL,
        /** Added to the vocabulary, and found in any text. */
        USER_DEFINED,
        /** One byte. */
        BYTE,
        /** Stands for a normalised text. */
        NORMALIZED,
        /** Takes the white space before it. */
        LSTRIP,
        /** Takes the white space behind it. */
        RSTRIP,
        /** A whole word only. */
        SINGLE_WORD
    }

    /** Copies the attributes. */
    public TokenInfo {
        attributes = Set.copyOf(attributes);
    }
}
