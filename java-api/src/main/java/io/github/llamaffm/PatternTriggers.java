package io.github.llamaffm;

import io.github.llamaffm.bindings.Pointers;
import io.github.llamaffm.bindings.generated.lf_grammar_state;
import io.github.llamaffm.internal.IntList;
import io.github.llamaffm.internal.Utf8;
import io.github.llamaffm.internal.chat.GrammarHold;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the patterns that start a grammar, in all of the answer so far: llama.cpp's own search recurses once for each
 * character of it. What was tried before is not tried again, unless the end of the answer decided it.
 */
final class PatternTriggers {

    private final List<Search> searches;
    private final int index;
    private final @Nullable GrammarHold hold;
    private MemorySegment state = MemorySegment.NULL;
    private final StringBuilder text = new StringBuilder();

    /** Of each char of the text, the byte that its character begins with. */
    private final IntList starts = new IntList();

    private int bytesRead;

    /** Whether the end of the text was held back, and not read. */
    private boolean held;

    /** One pattern, and the first char where more text could still make it match. */
    private static final class Search {
        private final Matcher matcher;
        private int from;

        Search(Pattern pattern, CharSequence text) {
            // As find() does: the text before the start is seen, and does not begin there.
            matcher = pattern.matcher(text).useTransparentBounds(true).useAnchoringBounds(false);
        }
    }

    /**
     * For one grammar.
     *
     * @param index of its {@code lf_grammar_state} among the sampler's
     * @param hold that the chain has: native code would find tokens and words while it holds the grammar back, so this looks for them
     */
    PatternTriggers(GrammarUse use, int index, NativeTokenizer tokenizer, @Nullable GrammarHold hold) {
        this(use.triggers().stream().flatMap(trigger -> pattern(trigger, tokenizer, hold)).map(Pattern::compile), index, hold);
    }

    private PatternTriggers(Stream<Pattern> patterns, int index, @Nullable GrammarHold hold) {
        this.searches = patterns.map(pattern -> new Search(pattern, text)).toList();
        this.index = index;
        this.hold = hold;
    }

    private static Stream<String> pattern(GrammarUse.Trigger trigger, NativeTokenizer tokenizer, @Nullable GrammarHold hold) {
        return switch (trigger) {
            case GrammarUse.Trigger.Pattern(String regex) -> Stream.of(regex);
            case GrammarUse.Trigger.Word(String word) when hold != null -> Stream.of(Pattern.quote(word));
            case GrammarUse.Trigger.Token(int token) when hold != null -> Stream.of(Pattern.quote(text(token, tokenizer)));
            default -> Stream.empty();
        };
    }

    /** As native code adds it to the text. */
    private static String text(int token, NativeTokenizer tokenizer) {
        byte[] piece = tokenizer.piece(token);
        return piece.length == 0 ? tokenizer.info(token).text() : new String(piece, StandardCharsets.UTF_8);
    }

    /** One for a copy of the sampler, which knows what this knows. */
    PatternTriggers copy(@Nullable GrammarHold copiedHold) {
        PatternTriggers copy = new PatternTriggers(searches.stream().map(search -> search.matcher.pattern()), index, copiedHold);
        copy.text.append(text);
        for (int i = 0; i < starts.size(); i++) {
            copy.starts.add(starts.get(i));
        }
        for (int i = 0; i < searches.size(); i++) {
            copy.searches.get(i).from = searches.get(i).from;
        }
        copy.bytesRead = bytesRead;
        copy.held = held;
        return copy;
    }

    /** From now on this searches what a sampler was given: made before it, because a pattern may fail to compile. */
    void watch(MemorySegment grammarState) {
        state = grammarState;
    }

    int index() {
        return index;
    }

    /** Forgets the text. */
    void reset() {
        text.setLength(0);
        starts.truncate(0);
        bytesRead = 0;
        held = false;
        searches.forEach(search -> search.from = 0);
    }

    /** Whether a pattern was found now; then the state says where. */
    boolean find() {
        if (searches.isEmpty() || !lf_grammar_state.waiting(state)) {
            return false;
        }
        int shown = hold == null ? 1 : hold.shown();
        if (shown == 0) {
            held = true;
            return false;
        }
        read(shown);
        for (Search search : searches) {
            if (find(search)) {
                int start = start(search.matcher);
                lf_grammar_state.start(state, start < starts.size() ? starts.get(start) : bytesRead);
                reset();
                if (hold != null) {
                    hold.begun();
                }
                return true;
            }
        }
        return false;
    }

    private boolean find(Search search) {
        Matcher matcher = search.matcher;
        try {
            while (search.from < text.length()) {
                matcher.region(search.from, text.length());
                if (matcher.lookingAt()) {
                    return true;
                }
                if (matcher.hitEnd()) {
                    // This start is undecided; one of the later ones may match already.
                    return matcher.region(search.from, text.length()).find();
                }
                search.from++;
            }
            return false;
        } catch (StackOverflowError e) {
            throw new SamplingException(
                    "the trigger pattern %s recurses too deep on an answer of %d characters; repeat a class such as [^<]*, not a group"
                            .formatted(matcher.pattern(), text.length()), List.of());
        }
    }

    /** Index of the char that the grammar starts with: the first group that matched something, or the whole match. */
    private static int start(Matcher matcher) {
        for (int group = 1; group <= matcher.groupCount(); group++) {
            if (matcher.end(group) > matcher.start(group)) {
                return matcher.start(group);
            }
        }
        return matcher.start();
    }

    /** Takes over the characters that are complete by now; after some that were held back, only so many bytes at the end. */
    private void read(int shown) {
        int length = Math.toIntExact(lf_grammar_state.length(state));
        if (held) {
            held = false;
            bytesRead = length - Math.min(shown, length - bytesRead);
        }
        if (length == bytesRead) {
            return;
        }
        MemorySegment bytes = Pointers.view(lf_grammar_state.text(state), length);
        while (bytesRead < length) {
            int size = characterSize(bytes.get(ValueLayout.JAVA_BYTE, bytesRead));
            if (bytesRead + size > length) {
                return;
            }
            String character = Utf8.decode(bytes.asSlice(bytesRead), size);
            for (int i = 0; i < character.length(); i++) {
                starts.add(bytesRead);
            }
            text.append(character);
            bytesRead += size;
        }
    }

    /** Bytes of a character, by its first one; 1 where that begins none. */
    private static int characterSize(byte first) {
        int leadingOnes = Integer.numberOfLeadingZeros(~(first << 24));
        return leadingOnes >= 2 && leadingOnes <= 4 ? leadingOnes : 1;
    }
}
