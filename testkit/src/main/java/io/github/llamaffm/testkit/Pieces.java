package io.github.llamaffm.testkit;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tokens of a vocabulary in the making. */
final class Pieces {

    // llama_token_type
    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int BYTE = 6;

    private record Piece(int id, int type, float score) {}

    private final BitSet rare = new BitSet();
    private final Map<String, Piece> pieces = new LinkedHashMap<>();

    /** Adds a token, or finds the one that has this text. */
    int add(String text, int type, double score) {
        return pieces.computeIfAbsent(text, _ -> new Piece(pieces.size(), type, (float) score)).id();
    }

    int size() {
        return pieces.size();
    }

    boolean contains(String text) {
        return pieces.containsKey(text);
    }

    /** Makes a token one that random models hardly ever say; control and unknown tokens are so without it. */
    void rare(int id) {
        rare.set(id);
    }

    BitSet rare() {
        BitSet result = (BitSet) rare.clone();
        pieces.values().stream().filter(piece -> piece.type() == CONTROL || piece.type() == UNKNOWN)
                .forEach(piece -> result.set(piece.id()));
        return result;
    }

    void writeTo(Map<String, GgufValue> metadata, boolean scored) {
        List<Piece> values = new ArrayList<>(pieces.values());
        metadata.put("tokenizer.ggml.tokens", GgufValue.of(List.copyOf(pieces.keySet())));
        if (scored) {
            float[] scores = new float[values.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = values.get(i).score();
            }
            metadata.put("tokenizer.ggml.scores", GgufValue.of(scores));
        }
        metadata.put("tokenizer.ggml.token_type", GgufValue.ofSigned(values.stream().mapToInt(Piece::type).toArray()));
    }
}
