package io.github.llamaffm.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps texts of others from being read as markers. Before a template sees them, a character that nobody uses is put into each
 * marker that they spell, and where they could complete one together with what comes before or behind them. So a template cannot
 * take them for markers either. It is taken out of what the template makes, and where it stood inside a marker the prompt is cut:
 * the halves are tokenised each for itself. Where no text spells a marker nothing is put in, and nothing is cut.
 */
final class Guard {

    /** Noncharacters: Unicode keeps them for such use inside a program. */
    private static final char FIRST = '\uFDD0';
    private static final char LAST = '\uFDEF';

    private final Markers markers;
    private final char mark;

    private Guard(Markers markers, char mark) {
        this.markers = markers;
        this.mark = mark;
    }

    /**
     * A guard for a conversation.
     *
     * @param texts all of it, and the template
     * @throws IllegalArgumentException if they have every character that could be put in
     */
    static Guard of(Markers markers, List<String> texts) {
        for (char c = FIRST; c <= LAST; c++) {
            char candidate = c;
            String escaped = escaped(candidate);
            if (texts.stream().noneMatch(text -> text.indexOf(candidate) >= 0 || text.contains(escaped))) {
                return new Guard(markers, candidate);
            }
        }
        throw new IllegalArgumentException("the conversation has all noncharacters from U+%04X to U+%04X: at least one has to be free"
                .formatted((int) FIRST, (int) LAST));
    }

    /** A text of others, with the character where it is needed. */
    String protect(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        if (markers.mayContinue(text)) {
            out.append(mark);
        }
        for (int at = 0; at < text.length(); ) {
            // Never between the two halves of a character.
            int next = at + Character.charCount(Character.codePointAt(text, at));
            out.append(text, at, next);
            if (at + markers.lengthAt(text, at) > next) {
                out.append(mark);
            }
            at = next;
        }
        if (markers.mayBegin(text)) {
            out.append(mark);
        }
        return out.toString();
    }

    /** Whether a text has a whole marker. */
    boolean spellsMarker(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (markers.lengthAt(text, at) > 0) {
                return true;
            }
        }
        return false;
    }

    /** What a template made, without the character. */
    Cut remove(String rendered) {
        String escaped = escaped(mark);
        StringBuilder text = new StringBuilder(rendered.length());
        List<Integer> marks = new ArrayList<>();
        for (int at = 0; at < rendered.length(); ) {
            int length = rendered.charAt(at) == mark ? 1 : rendered.startsWith(escaped, at) ? escaped.length() : 0;
            if (length == 0) {
                text.append(rendered.charAt(at++));
            } else {
                marks.add(text.length());
                at += length;
            }
        }
        return new Cut(text.toString(), marks.stream().mapToInt(Integer::intValue).filter(place -> isInside(text, place)).distinct().toArray());
    }

    /** Whether a marker begins before a place and ends behind it. */
    private boolean isInside(CharSequence text, int place) {
        for (int from = Math.max(0, place - markers.longest()); from < place; from++) {
            if (from + markers.lengthAt(text, from) > place) {
                return true;
            }
        }
        return false;
    }

    /** As {@code tojson} may write it. */
    private static String escaped(char c) {
        return "\\u%04x".formatted((int) c);
    }

    /**
     * A prompt.
     *
     * @param text all of it
     * @param places indices inside of what must not be read as markers, ascending
     */
    record Cut(String text, int[] places) {}
}
