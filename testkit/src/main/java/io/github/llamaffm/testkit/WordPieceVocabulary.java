package io.github.llamaffm.testkit;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** WordPiece in lower case, as BERT has it: frequent words whole, others from learned parts and single characters. */
final class WordPieceVocabulary {

    /** llama.cpp marks the beginning of a word, not its continuation. */
    private static final String BEGINNING = "\u2581";

    private static final Pattern WORDS = Pattern.compile("[\\p{L}\\p{N}]+|\\p{Punct}");
    private static final int MERGES = 260;

    private WordPieceVocabulary() {
    }

    static Vocabulary learn() {
        Pieces pieces = new Pieces();
        int padding = pieces.add("[PAD]", Pieces.CONTROL, 0);
        int unknown = pieces.add("[UNK]", Pieces.UNKNOWN, 0);
        int classes = pieces.add("[CLS]", Pieces.CONTROL, 0);
        int separator = pieces.add("[SEP]", Pieces.CONTROL, 0);
        int mask = pieces.add("[MASK]", Pieces.CONTROL, 0);
        for (char c = '!'; c <= '~'; c++) {
            if (!Character.isUpperCase(c)) {
                pieces.add(BEGINNING + c, Pieces.NORMAL, 0);
                if (Character.isLetterOrDigit(c)) {
                    pieces.add(Character.toString(c), Pieces.NORMAL, 0);
                }
            }
        }
        for (Merges.Merge merge : Merges.learn(words(), MERGES)) {
            pieces.add(merge.merged(), Pieces.NORMAL, 0);
        }
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("tokenizer.ggml.model", GgufValue.of("bert"));
        metadata.put("tokenizer.ggml.pre", GgufValue.of("default"));
        metadata.put("tokenizer.ggml.token_type_count", GgufValue.of(2));
        pieces.writeTo(metadata, false);
        metadata.put("tokenizer.ggml.bos_token_id", GgufValue.of(classes));
        metadata.put("tokenizer.ggml.eos_token_id", GgufValue.of(separator));
        metadata.put("tokenizer.ggml.unknown_token_id", GgufValue.of(unknown));
        metadata.put("tokenizer.ggml.seperator_token_id", GgufValue.of(separator));
        metadata.put("tokenizer.ggml.padding_token_id", GgufValue.of(padding));
        metadata.put("tokenizer.ggml.cls_token_id", GgufValue.of(classes));
        metadata.put("tokenizer.ggml.mask_token_id", GgufValue.of(mask));
        return new Vocabulary(metadata, pieces.size(), pieces.rare());
    }

    private static Map<String, Integer> words() {
        Map<String, Integer> words = new TreeMap<>();
        Matcher matcher = WORDS.matcher(TrainingText.TEXT.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            words.merge(BEGINNING + matcher.group(), 1, Integer::sum);
        }
        return words;
    }
}
