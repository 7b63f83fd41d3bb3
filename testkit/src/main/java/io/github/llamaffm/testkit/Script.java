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
        Set<String> taken = new HashSet<>(Vocabulary.tiny().tokens());
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
        return new Script(withRest(pieces, piece.toString(), taken));
    }

    /** What is left is no piece of its own: it joins those before it. */
    private static List<String> withRest(List<String> pieces, String rest, Set<String> taken) {
        String last = rest;
        while (!last.isEmpty()) {
            if (pieces.isEmpty()) {
                // The whole answer is a token of the vocabulary: only its parts can tell how it goes on.
                throw new IllegalArgumentException("the answer \"" + last + "\" is a token of the tiny vocabulary: make it longer");
            }
            last = pieces.removeLast() + last;
            if (taken.add(BytePairVocabulary.encoded(last))) {
                pieces.add(last);
                last = "";
            }
        }
        return List.copyOf(pieces);
    }
}
