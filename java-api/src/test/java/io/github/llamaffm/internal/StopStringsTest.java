package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {

    @Test
    void releasesEverythingAtOnceWithoutStops() {
        assertThat(feed(new StopStrings(List.of()), "a", "bc", "")).containsExactly("a", "bc", "");
    }

    @Test
    void holdsBackWhatMayBecomeAStop() {
        StopStrings stops = new StopStrings(List.of("<end>"));

        assertThat(feed(stops, "text <", "en", "t> more", "<e")).containsExactly("text ", "", "<ent> more", "");
        assertThat(stops.found()).isFalse();
        assertThat(stops.releaseAll()).isEqualTo("<e");
    }

    @Test
    void dropsTheStopAndWhatFollowsIt() {
        StopStrings stops = new StopStrings(List.of("<end>"));

        assertThat(feed(stops, "text <en", "d> more")).containsExactly("text ", "");
        assertThat(stops.found()).isTrue();
        assertThat(stops.releaseAll()).isEmpty();
    }

    @Test
    void findsTheEarliestOfSeveralStops() {
        StopStrings stops = new StopStrings(List.of("d", "bc"));

        assertThat(feed(stops, "abcd")).containsExactly("a");
        assertThat(stops.found()).isTrue();
    }

    @Test
    void findsAStopThatStartsInsideAFalseStart() {
        StopStrings stops = new StopStrings(List.of("aab"));

        assertThat(feed(stops, "a", "a", "a", "b")).containsExactly("", "", "a", "");
        assertThat(stops.found()).isTrue();
    }

    @Test
    void agreesWithSearchingTheWholeText() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 2000; run++) {
            List<String> words = List.of(letters(random, 1 + random.nextInt(4)), letters(random, 1 + random.nextInt(4)));
            String text = letters(random, random.nextInt(30));
            int first = words.stream().mapToInt(text::indexOf).filter(i -> i >= 0).min().orElse(text.length());

            StopStrings stops = new StopStrings(words);
            StringBuilder released = new StringBuilder();
            for (int i = 0; i < text.length() && !stops.found(); i++) {
                stops.held().append(text.charAt(i));
                released.append(stops.release());
            }
            released.append(stops.releaseAll());

            // Fed one letter at a time, the stop that ends first wins over one that starts earlier and ends later.
            String description = "seed %d run %d: %s in %s".formatted(seed, run, words, text);
            assertThat(stops.found()).as(description).isEqualTo(words.stream().anyMatch(text::contains));
            assertThat(released).as(description).matches(r -> text.startsWith(r.toString()));
            assertThat(released).as(description).matches(r -> words.stream().noneMatch(r.toString()::contains));
            assertThat(released.length()).as(description).isGreaterThanOrEqualTo(first);
        }
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(2)));
        }
        return text.toString();
    }

    private static List<String> feed(StopStrings stops, String... pieces) {
        List<String> released = new ArrayList<>();
        for (String piece : pieces) {
            stops.held().append(piece);
            released.add(stops.release());
        }
        return released;
    }
}
