package io.github.llamaffm.chat;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** Ids for calls of tools that came without one: nine letters and digits, because some templates take nothing else. */
final class ToolCallIds {

    private static final int LENGTH = 9;
    private static final String CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final SecureRandom RANDOM = new SecureRandom();

    private ToolCallIds() {}

    static String next() {
        return RANDOM.ints(LENGTH, 0, CHARS.length()).mapToObj(i -> CHARS.substring(i, i + 1)).collect(Collectors.joining());
    }
}
