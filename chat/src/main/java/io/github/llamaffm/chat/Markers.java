package io.github.llamaffm.chat;

import io.github.llamaffm.TokenInfo;
import io.github.llamaffm.TokenInfo.Attribute;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.internal.chat.ChatHost;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The texts that steer a conversation: names of special tokens, and what a template and its parser look for. Finds them in a text,
 * in time that grows with the text, not with their number.
 */
final class Markers {

    private final Set<String> texts;
    private final Node forward = new Node();
    private final Node backward = new Node();
    private final int longest;

    Markers(Collection<String> texts) {
        this.texts = texts.stream().filter(text -> !text.isEmpty()).collect(Collectors.toUnmodifiableSet());
        for (String text : this.texts) {
            forward.add(text);
            backward.add(new StringBuilder(text).reverse());
        }
        this.longest = this.texts.stream().mapToInt(String::length).max().orElse(0);
    }

    /**
     * Names of all tokens that are more than text, and can be told from it: CONTROL, USER_DEFINED and UNKNOWN ones, without those of one
     * character, and USER_DEFINED ones of nothing but white space, which are how their vocabularies spell indentation and paragraphs.
     */
    static Set<String> ofVocabulary(ChatHost host, Tokenizer tokenizer) {
        Set<String> texts = new LinkedHashSet<>();
        for (int token : host.tokensBesideText()) {
            TokenInfo info = tokenizer.info(token);
            if (isStructural(info)) {
                texts.add(info.text());
            }
        }
        return texts;
    }

    /** Whether a text of others must not become this token. */
    static boolean isStructural(TokenInfo token) {
        Set<Attribute> attributes = token.attributes();
        boolean reserved = attributes.contains(Attribute.CONTROL) || attributes.contains(Attribute.UNKNOWN);
        return canBeCut(token.text())
                && (reserved || attributes.contains(Attribute.USER_DEFINED) && !token.text().codePoints().allMatch(Markers::isSpace));
    }

    /** Whether there is a place inside. */
    static boolean canBeCut(String text) {
        return text.codePointCount(0, text.length()) > 1;
    }

    /** U+2581 is how some vocabularies write a space. */
    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || c == 0x2581;
    }

    /** Length of the longest marker at a place; 0: there is none. */
    int lengthAt(CharSequence text, int from) {
        int longest = 0;
        Node node = forward;
        for (int i = from; i < text.length(); i++) {
            node = node.next(text.charAt(i));
            if (node == null) {
                break;
            }
            if (node.ends) {
                longest = i + 1 - from;
            }
        }
        return longest;
    }

    /** Whether a text ends inside of a marker that begins in it. */
    boolean mayBegin(CharSequence text) {
        for (int from = Math.max(0, text.length() - longest + 1); from < text.length(); from++) {
            if (forward.follow(text, from, text.length(), 1) != null) {
                return true;
            }
        }
        return false;
    }

    /** Whether a text begins inside of a marker that begins before it. */
    boolean mayContinue(CharSequence text) {
        for (int until = 1; until <= Math.min(text.length(), longest - 1); until++) {
            if (backward.follow(text, until - 1, -1, -1) != null) {
                return true;
            }
        }
        return text.length() < longest && texts.stream().anyMatch(marker -> marker.contains(text));
    }

    /** The most chars of a marker. */
    int longest() {
        return longest;
    }

    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>();
        private boolean ends;

        void add(CharSequence text) {
            Node node = this;
            for (int i = 0; i < text.length(); i++) {
                node = node.next.computeIfAbsent(text.charAt(i), _ -> new Node());
            }
            node.ends = true;
        }

        @Nullable Node next(char c) {
            return next.get(c);
        }

        /** Where the chars from a place until another lead to, which may be backwards. */
        @Nullable Node follow(CharSequence text, int from, int until, int step) {
            Node node = this;
            for (int i = from; i != until && node != null; i += step) {
                node = node.next(text.charAt(i));
            }
            return node;
        }
    }
}
