package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Markers are found as a plain search finds them. */
class MarkersTest {

    @Test
    void theLongestCounts() {
        Markers markers = new Markers(List.of("<a", "<a>", "b"));
        assertThat(markers.lengthAt("<a>b", 0)).isEqualTo(3);
        assertThat(markers.lengthAt("<ab", 0)).isEqualTo(2);
        assertThat(markers.lengthAt("<b", 0)).isZero();
        assertThat(markers.longest()).isEqualTo(3);
        assertThat(new Markers(List.of("")).mayBegin("x")).isFalse();
    }

    @Test
    void theyAreFoundAsAPlainSearchFindsThem() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 2000; round++) {
            List<String> texts = Stream.generate(() -> text(random, 1 + random.nextInt(5))).limit(1 + random.nextInt(4)).toList();
            Markers markers = new Markers(texts);
            String text = text(random, random.nextInt(8));
            for (int at = 0; at < text.length(); at++) {
                int from = at;
                assertThat(markers.lengthAt(text, at)).as("%s in %s at %d", texts, text, at)
                        .isEqualTo(texts.stream().filter(marker -> text.startsWith(marker, from)).mapToInt(String::length).max().orElse(0));
            }
            assertThat(markers.mayBegin(text)).as("%s at the end of %s", texts, text).isEqualTo(IntStream.range(0, text.length())
                    .anyMatch(at -> texts.stream().anyMatch(marker -> marker.startsWith(text.substring(at)) && text.length() - at < markers.longest())));
            // What completes a marker is never missed; where no marker can be, nothing is put in.
            if (texts.stream().anyMatch(marker -> completes(marker, text))) {
                assertThat(markers.mayContinue(text)).as("%s at the start of %s", texts, text).isTrue();
            }
        }
    }

    private static boolean completes(String marker, String text) {
        return IntStream.range(1, marker.length()).anyMatch(i -> text.startsWith(marker.substring(i)) && !text.isEmpty())
                || !text.isEmpty() && marker.indexOf(text, 1) >= 0;
    }

    private static String text(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("ab<".charAt(random.nextInt(3)));
        }
        return text.toString();
    }
}
