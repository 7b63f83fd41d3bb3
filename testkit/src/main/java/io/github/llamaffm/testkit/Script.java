package io.github.llamaffm.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer cut into pieces, each of which occurs once in it and nowhere in the tiny vocabulary: so the piece before tells which
 * one comes next.
 */
record Script(List<String> pieces) {

    private static final Pattern WORD = Pattern.compile("\\s*\\S+|\\s+");

    static Script of(String answer) {
        if (answer.isEmpty()) {
            throw new IllegalArgumentException("an answer has at least one character");
        }
        Set<String> tiny = new HashSet<>(Vocabulary.tiny().tokens());
        if (tiny.contains(BytePairVocabulary.encoded(answer))) {
            // Only its parts could tell how it goes on.
            throw new IllegalArgumentException("the answer \"" + answer + "\" is a token of the tiny vocabulary: make it longer");
        }
        return new Script(cut(answer, tiny));
    }

    /**
     * The answer in words, where these are not taken, else in longer pieces; all of it in one, at worst, taken or not.
     *
     * @param taken what pieces may not be, as a vocabulary has it; the pieces are added
     */
    static List<String> cut(String answer, Set<String> taken) {
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        Matcher words = WORD.matcher(answer);
        while (words.find()) {
            piece.append(words.group());
            if (taken.add(BytePairVocabulary.encoded(piece.toString()))) {
                pieces.add(piece.toString());
                piece.setLength(0);
            }
        }
        return withRest(pieces, piece.toString(), taken);
    }

    /** What is left is no piece of its own: it joins those before it. */
    private static List<String> withRest(List<String> pieces, String rest, Set<String> taken) {
        String last = rest;
        while (!last.isEmpty()) {
            if (!pieces.isEmpty()) {
                last = pieces.removeLast() + last;
            }
            if (taken.add(BytePairVocabulary.encoded(last)) || pieces.isEmpty()) {
                pieces.add(last);
                last = "";
            }
        }
        return List.copyOf(pieces);
    }
}
