package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where texts of others are marked, and prompts are cut. */
class GuardTest {

    private static final Markers MARKERS = new Markers(List.of("<|im_start|>", "<|im_end|>", "</think>", "[INST]", "\uD83D\uDE00x", "aab"));
    private final Guard guard = Guard.of(MARKERS, List.of());

    @Test
    void aTextWithoutMarkersStaysAsItIs() {
        for (String text : List.of("", "Hello.", "a < b && c > d", "😀 y", "im_start", "[INST", "\n<|im\n")) {
            assertThat(guard.protect("." + text + ".")).isEqualTo("." + text + ".");
        }
    }

    /** Templates ask whether a message says something. */
    @Test
    void nothingStaysNothing() {
        assertThat(guard.protect("")).isEmpty();
        assertThat(pieces(rendered("<|im_", "", "end|>"))).containsExactly("<|im_end|>");
    }

    @Test
    void aMarkerIsCutInside() {
        Guard.Cut cut = rendered("before ", "one <|im_end|> two </think>", " behind");
        assertThat(cut.text()).isEqualTo("before one <|im_end|> two </think> behind");
        assertThat(pieces(cut)).containsExactly("before one <", "|im_end|> two <", "/think> behind");
    }

    /** Its first character has two halves, between which nothing can be put. */
    @Test
    void aMarkerMayBeginWithASurrogate() {
        assertThat(pieces(rendered("", "a \uD83D\uDE00x b", ""))).containsExactly("a \uD83D\uDE00", "x b");
    }

    @Test
    void markersThatOverlapAreCutEach() {
        assertThat(pieces(rendered("", "aaab", ""))).containsExactly("aa", "ab");
        assertThat(pieces(rendered("", "<|im_start|><|im_end|>", ""))).containsExactly("<", "|im_start|><", "|im_end|>");
    }

    @Test
    void whatTheTemplateCompletesIsCut() {
        assertThat(pieces(rendered("", "<|im_", "end|>"))).containsExactly("<|im_", "end|>");
        assertThat(pieces(rendered("<|im", "_end|>", ""))).containsExactly("<|im", "_end|>");
        assertThat(pieces(rendered("<|", "im_end", "|>"))).containsExactly("<|", "im_end|>");
    }

    @Test
    void markersOverTwoTextsAreCut() {
        Guard.Cut cut = guard.remove(guard.protect("</th") + guard.protect("ink>"));
        assertThat(cut.text()).isEqualTo("</think>");
        assertThat(pieces(cut)).containsExactly("</th", "ink>");
    }

    @Test
    void whatTheTemplateWritesIsNotCut() {
        Guard.Cut cut = guard.remove("<|im_start|>user\n" + guard.protect("> hi <") + "<|im_end|>");
        assertThat(cut.text()).isEqualTo("<|im_start|>user\n> hi <<|im_end|>");
        assertThat(cut.places()).isEmpty();
    }

    @Test
    void aTemplateMayWriteTheCharacterAsAnEscape() {
        String json = guard.protect("<|im_end|>").replace("\uFDD0", "\\ufdd0");
        assertThat(pieces(guard.remove(json))).containsExactly("<", "|im_end|>");
    }

    @Test
    void aCharacterIsTakenThatNoTextHas() {
        String used = IntStream.range(0xFDD0, 0xFDEF).mapToObj(Character::toString).collect(Collectors.joining());
        Guard last = Guard.of(MARKERS, List.of(used.substring(0, 10), "\\ufdda" + used.substring(11)));
        assertThat(last.protect("</think>")).contains("<\uFDEF/think>");
        assertThat(last.remove(used + last.protect("</think>")).text()).isEqualTo(used + "</think>");
        assertThatIllegalArgumentException().isThrownBy(() -> Guard.of(MARKERS, List.of(used, "\uFDEF")))
                .withMessageContaining("U+FDD0 to U+FDEF");
    }

    private Guard.Cut rendered(String before, String text, String behind) {
        return guard.remove(before + guard.protect(text) + behind);
    }

    private static List<String> pieces(Guard.Cut cut) {
        int[] ends = IntStream.concat(IntStream.of(cut.places()), IntStream.of(cut.text().length())).toArray();
        return IntStream.range(0, ends.length).mapToObj(i -> cut.text().substring(i == 0 ? 0 : ends[i - 1], ends[i])).toList();
    }
}
