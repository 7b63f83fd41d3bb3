package io.github.llamaffm.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Byte-pair merges, learned from words: the most frequent pair first, of equals the first in the order of strings. */
final class Merges {

    record Merge(String left, String right) {
        static final Comparator<Merge> ORDER = Comparator.comparing(Merge::left).thenComparing(Merge::right);

        String merged() {
            return left + right;
        }
    }

    private Merges() {
    }

    /**
     * Learns at most this many merges of pairs that occur twice or more.
     *
     * @param words how often each occurs; its characters are what is merged at first
     */
    static List<Merge> learn(Map<String, Integer> words, int most) {
        Map<List<String>, Integer> split = new LinkedHashMap<>();
        words.forEach((word, count) -> split.merge(word.codePoints().mapToObj(Character::toString).toList(), count, Integer::sum));
        List<Merge> merges = new ArrayList<>();
        while (merges.size() < most) {
            Merge best = mostFrequent(split);
            if (best == null) {
                break;
            }
            merges.add(best);
            apply(best, split);
        }
        return merges;
    }

    private static Merge mostFrequent(Map<List<String>, Integer> words) {
        Map<Merge, Integer> counts = new TreeMap<>(Merge.ORDER);
        words.forEach((word, count) -> {
            for (int i = 0; i + 1 < word.size(); i++) {
                counts.merge(new Merge(word.get(i), word.get(i + 1)), count, Integer::sum);
            }
        });
        Merge best = null;
        int most = 1;
        for (Map.Entry<Merge, Integer> entry : counts.entrySet()) {
            if (entry.getValue() > most) {
                best = entry.getKey();
                most = entry.getValue();
            }
        }
        return best;
    }

    private static void apply(Merge merge, Map<List<String>, Integer> words) {
        Map<List<String>, Integer> after = new LinkedHashMap<>();
        words.forEach((word, count) -> after.merge(merged(merge, word), count, Integer::sum));
        words.clear();
        words.putAll(after);
    }

    private static List<String> merged(Merge merge, List<String> word) {
        List<String> result = new ArrayList<>(word.size());
        for (int i = 0; i < word.size(); i++) {
            if (i + 1 < word.size() && word.get(i).equals(merge.left()) && word.get(i + 1).equals(merge.right())) {
                result.add(merge.merged());
                i++;
            } else {
                result.add(word.get(i));
            }
        }
        return result;
    }
}
