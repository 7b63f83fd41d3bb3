package io.github.llamaffm.chat;

import java.util.List;

/**
 * How likely a token of an answer was.
 *
 * @param token its id
 * @param text its text; part of a character is U+FFFD
 * @param logProbability before sampling: log-softmax over the whole vocabulary
 * @param alternatives the likeliest tokens at this place, best first, itself perhaps among them, none with alternatives of their own
 */
public record TokenProbability(int token, String text, float logProbability, List<TokenProbability> alternatives) {

    /** Copies the alternatives. */
    public TokenProbability {
        alternatives = List.copyOf(alternatives);
    }
}
