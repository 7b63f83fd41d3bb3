package io.github.llamaffm.chat;

import io.github.llamaffm.Tokenizer;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The tokens of a prompt whose text was cut inside of what must not be read as markers. */
final class PromptTokens {

    /** One byte of text that no vocabulary joins with another. */
    private static final String ANCHOR = "\u0001";

    private final Tokenizer tokenizer;

    /** Tokens that stand for the anchor and what the vocabulary puts before a text; 0: it puts nothing there. */
    private final int anchorTokens;

    PromptTokens(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.anchorTokens = addsSpace(tokenizer) ? tokenizer.encode(ANCHOR).length : 0;
    }

    /** As llama.cpp's tools tokenise a prompt, but for the cuts. */
    int[] of(Guard.Cut prompt) {
        if (prompt.places().length == 0) {
            return tokenizer.encode(prompt.text(), true, true);
        }
        int first = prompt.places()[0];
        IntStream.Builder tokens = IntStream.builder();
        if (tokenizer.addsBos()) {
            tokens.add(tokenizer.bos().orElseThrow());
        }
        IntStream.of(tokenizer.encode(prompt.text().substring(0, first), false, true)).forEach(tokens);
        IntStream.of(from(prompt, first)).forEach(tokens);
        return tokens.build().toArray();
    }

    /** Those of the text from an index on, which comes behind other text. */
    int[] from(Guard.Cut prompt, int start) {
        IntStream.Builder tokens = IntStream.builder();
        int begin = start;
        for (int place : prompt.places()) {
            if (place > begin) {
                IntStream.of(encodeRest(prompt.text().substring(begin, place))).forEach(tokens);
                begin = place;
            }
        }
        IntStream.of(encodeRest(prompt.text().substring(begin))).forEach(tokens);
        if (tokenizer.addsEos()) {
            tokens.add(tokenizer.eos().orElseThrow());
        }
        return tokens.build().toArray();
    }

    /** Text that comes behind other text: without the space that some vocabularies put before a text. */
    private int[] encodeRest(String text) {
        if (anchorTokens == 0) {
            return tokenizer.encode(text, false, true);
        }
        int[] tokens = tokenizer.encode(ANCHOR + text, false, true);
        return Arrays.copyOfRange(tokens, anchorTokens, tokens.length);
    }

    private static boolean addsSpace(Tokenizer tokenizer) {
        int[] tokens = tokenizer.encode("a");
        return tokens.length > 0 && tokenizer.piece(tokens[0]).length > 0 && tokenizer.piece(tokens[0])[0] == ' ';
    }
}
