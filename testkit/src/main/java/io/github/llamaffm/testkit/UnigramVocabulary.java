package io.github.llamaffm.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A unigram model as T5 has it: each piece has the logarithm of its frequency, and the likeliest pieces make a text. */
final class UnigramVocabulary {

    private static final String SPACE = "\u2581";
    private static final int MERGES = 260;
    private static final int SENTINELS = 4;

    private UnigramVocabulary() {
    }

    static Vocabulary learn() {
        Pieces pieces = new Pieces();
        int padding = pieces.add("<pad>", Pieces.CONTROL, 0);
        int end = pieces.add("</s>", Pieces.CONTROL, 0);
        int unknown = pieces.add("<unk>", Pieces.UNKNOWN, 0);
        List<Merges.Merge> merges = Merges.learn(words(), MERGES);
        for (int rank = 0; rank < merges.size(); rank++) {
            // Zipf's law: the frequency falls as the rank rises. Longer pieces have to win against the sum of their parts.
            pieces.add(merges.get(rank).merged(), Pieces.NORMAL, logarithm(rank));
        }
        pieces.add(SPACE, Pieces.NORMAL, logarithm(MERGES));
        for (char c = '!'; c <= '~'; c++) {
            pieces.add(Character.toString(c), Pieces.NORMAL, logarithm(MERGES));
        }
        for (int i = SENTINELS - 1; i >= 0; i--) {
            pieces.add("<extra_id_" + i + ">", Pieces.CONTROL, 0);
        }
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("tokenizer.ggml.model", GgufValue.of("t5"));
        metadata.put("tokenizer.ggml.pre", GgufValue.of("default"));
        pieces.writeTo(metadata, true);
        metadata.put("tokenizer.ggml.add_space_prefix", GgufValue.of(true));
        metadata.put("tokenizer.ggml.remove_extra_whitespaces", GgufValue.of(true));
        metadata.put("tokenizer.ggml.eos_token_id", GgufValue.of(end));
        metadata.put("tokenizer.ggml.unknown_token_id", GgufValue.of(unknown));
        metadata.put("tokenizer.ggml.padding_token_id", GgufValue.of(padding));
        metadata.put("tokenizer.ggml.add_bos_token", GgufValue.of(false));
        metadata.put("tokenizer.ggml.add_eos_token", GgufValue.of(true));
        return new Vocabulary(metadata, pieces.size(), pieces.rare());
    }

    /** From -4 to -10 in steps of 1/64: without Math.log, whose last bit may differ between machines. */
    private static double logarithm(int rank) {
        return -4 - Math.min(384, rank) / 64.0;
    }

    private static Map<String, Integer> words() {
        Map<String, Integer> words = new TreeMap<>();
        for (String word : TrainingText.TEXT.split("\\s+")) {
            words.merge(SPACE + word, 1, Integer::sum);
        }
        return words;
    }
}
