package io.github.llamaffm.chat;

import io.github.llamaffm.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tokens of a prompt whose text was cut inside of what must not be read as markers. */
final class PromptTokens {

    /** Texts that no vocabulary joins with what comes behind them; some vocabularies drop some of them. */
    private static final List<String> ANCHORS = List.of("\u0001", "\u00A7", "\u3013");

    private final Tokenizer tokenizer;

    /** What stands before a text, to keep the vocabulary from putting a space there; empty: it puts nothing there. */
    private final String anchor;

    private final int[] anchorTokens;
    private final int[] start;
    private final int[] end;

    PromptTokens(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.anchor = addsSpace(tokenizer) ? ANCHORS.stream().filter(this::keepsApart).findFirst().orElse("") : "";
        this.anchorTokens = anchor.isEmpty() ? new int[0] : tokenizer.encode(anchor);
        int[] around = tokenizer.encode("", true, true);
        this.start = Arrays.copyOf(around, tokenizer.addsBos() ? 1 : 0);
        this.end = Arrays.copyOfRange(around, start.length, around.length);
    }

    /** As llama.cpp's tools tokenise a prompt, but for the cuts. */
    int[] of(Guard.Cut prompt) {
        if (prompt.places().length == 0) {
            return tokenizer.encode(prompt.text(), true, true);
        }
        int first = prompt.places()[0];
        return Stream.of(start, tokenizer.encode(prompt.text().substring(0, first), false, true), from(prompt, first))
                .flatMapToInt(IntStream::of)
                .toArray();
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
        IntStream.of(end).forEach(tokens);
        return tokens.build().toArray();
    }

    /** Text that comes behind other text: without the space that some vocabularies put before a text. */
    private int[] encodeRest(String text) {
        int[] tokens = tokenizer.encode(anchor + text, false, true);
        return startsWith(tokens, anchorTokens) ? Arrays.copyOfRange(tokens, anchorTokens.length, tokens.length) : tokenizer.encode(text, false, true);
    }

    /** The token that a text is, special ones included, where it is no more than one. */
    static OptionalInt single(Tokenizer tokenizer, String text) {
        int[] tokens = tokenizer.encode(text, false, true);
        return tokens.length == 1 ? OptionalInt.of(tokens[0]) : OptionalInt.empty();
    }

    private boolean keepsApart(String anchor) {
        int[] alone = tokenizer.encode(anchor);
        int[] together = tokenizer.encode(anchor + "b");
        return startsWith(together, alone)
                && alone.length + 1 == together.length
                && Arrays.equals(tokenizer.piece(together[alone.length]), new byte[] {'b'});
    }

    private static boolean startsWith(int[] tokens, int[] start) {
        return tokens.length >= start.length && Arrays.equals(tokens, 0, start.length, start, 0, start.length);
    }

    private static boolean addsSpace(Tokenizer tokenizer) {
        int[] tokens = tokenizer.encode("a");
        return tokens.length > 0 && tokenizer.piece(tokens[0]).length > 0 && tokenizer.piece(tokens[0])[0] == ' ';
    }
}
