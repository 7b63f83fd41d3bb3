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
        int[] places = prompt.places();
        if (places.length == 0) {
            return tokenizer.encode(prompt.text(), true, true);
        }
        IntStream tokens = tokenizer.addsBos() ? IntStream.of(tokenizer.bos().orElseThrow()) : IntStream.empty();
        for (int i = 0; i <= places.length; i++) {
            String part = prompt.text().substring(i == 0 ? 0 : places[i - 1], i < places.length ? places[i] : prompt.text().length());
            tokens = IntStream.concat(tokens, Arrays.stream(i == 0 ? tokenizer.encode(part, false, true) : encodeRest(part)));
        }
        return tokenizer.addsEos()
                ? IntStream.concat(tokens, IntStream.of(tokenizer.eos().orElseThrow())).toArray()
                : tokens.toArray();
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
