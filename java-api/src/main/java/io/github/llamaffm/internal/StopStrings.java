package io.github.llamaffm.internal;

import java.util.List;

/**
 * Finds stop strings in text that arrives in pieces, and holds back what may yet become one. Used by one thread at a time.
 *
 * <p>The earliest match wins, whatever the order of the stop strings. Text from the match on is dropped.
 */
public final class StopStrings {

    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean found;

    /** @param stops none of them empty */
    public StopStrings(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    /** The text that may not be handed out yet: append new text to it, then ask {@link #release}. */
    public StringBuilder held() {
        return held;
    }

    /** Whether a stop string was found. */
    public boolean found() {
        return found;
    }

    /** Removes from the held text and returns what is certainly part of the answer; empty where there is none. */
    public String release() {
        int match = firstMatch();
        if (match >= 0) {
            found = true;
            held.setLength(match);
            return releaseAll();
        }
        return take(held.length() - longestPartialMatch());
    }

    /** The rest of the text, once no more will come. */
    public String releaseAll() {
        return take(held.length());
    }

    private String take(int length) {
        if (length == 0) {
            return "";
        }
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    private int firstMatch() {
        int first = -1;
        for (int i = 0; i < stops.size(); i++) {
            int at = held.indexOf(stops.get(i));
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        return first;
    }

    /** Length of the longest end of the held text that a stop string starts with. */
    private int longestPartialMatch() {
        int longest = 0;
        for (int i = 0; i < stops.size(); i++) {
            String stop = stops.get(i);
            int length = Math.min(stop.length() - 1, held.length());
            while (length > longest && !endsWith(stop, length)) {
                length--;
            }
            longest = Math.max(longest, length);
        }
        return longest;
    }

    private boolean endsWith(String stop, int length) {
        int offset = held.length() - length;
        for (int i = 0; i < length; i++) {
            if (held.charAt(offset + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
