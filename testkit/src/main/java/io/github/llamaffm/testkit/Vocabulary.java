package io.github.llamaffm.testkit;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A real tokenizer for a {@link TinyModel}: the {@code tokenizer.*} metadata of a GGUF file. Immutable; any thread.
 *
 * <p>The three made ones are learned from a short English text, the same every time:
 * <ul>
 * <li>{@link #tiny}: byte-level BPE, as most models that generate have it;
 * <li>{@link #wordPiece}: WordPiece, as BERT has it;
 * <li>{@link #unigram}: a unigram model, as T5 has it.
 * </ul>
 */
public final class Vocabulary {

    private static final class BytePairs {
        static final Vocabulary VALUE = BytePairVocabulary.learn();
    }

    private static final class WordPieces {
        static final Vocabulary VALUE = WordPieceVocabulary.learn();
    }

    private static final class Unigrams {
        static final Vocabulary VALUE = UnigramVocabulary.learn();
    }

    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String MERGES = "tokenizer.ggml.merges";
    private static final String TYPES = "tokenizer.ggml.token_type";

    private final Map<String, GgufValue> metadata;
    private final int size;
    private final BitSet rare;

    Vocabulary(Map<String, GgufValue> metadata, int size, BitSet rare) {
        this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        this.size = size;
        this.rare = rare;
    }

    /**
     * Byte-level BPE of 512 tokens: the 256 bytes, what was learned, and control tokens for the beginning and end of a text,
     * for chats (ChatML, with its template), padding and filling in the middle. Any text can be encoded and comes back whole.
     */
    public static Vocabulary tiny() {
        return BytePairs.VALUE;
    }

    /** WordPiece of some 400 tokens, in lower case; what is not ASCII becomes {@code [UNK]}. */
    public static Vocabulary wordPiece() {
        return WordPieces.VALUE;
    }

    /** A unigram model of some 350 tokens, with four sentinels; what is not ASCII becomes {@code <unk>}. */
    public static Vocabulary unigram() {
        return Unigrams.VALUE;
    }

    /**
     * The tokenizer of any GGUF file, such as llama.cpp's {@code models/ggml-vocab-*.gguf}. Its chat templates come with it.
     *
     * @param gguf of version 2 or 3
     * @throws IllegalArgumentException if it is no such file, or has no tokenizer with a list of tokens
     * @throws UncheckedIOException if it cannot be read
     */
    public static Vocabulary from(Path gguf) {
        Map<String, GgufValue> metadata = new LinkedHashMap<>(GgufMetadata.read(gguf));
        metadata.keySet().removeIf(key -> !key.startsWith("tokenizer."));
        GgufValue tokens = metadata.get(TOKENS);
        if (tokens == null) {
            throw new IllegalArgumentException(gguf + " has no " + TOKENS);
        }
        return new Vocabulary(metadata, tokens.arrayLength(), rare(metadata.get(TYPES)));
    }

    /** Number of tokens. */
    public int size() {
        return size;
    }

    /** Their texts, as the file holds them: in byte-level BPE a space is {@code Ġ}. */
    public List<String> tokens() {
        return metadata.get(TOKENS).texts();
    }

    /** Pairs of byte-level BPE, each with a space between, the first to be joined first; none where it is of another kind. */
    public List<String> merges() {
        GgufValue merges = metadata.get(MERGES);
        return merges == null ? List.of() : merges.texts();
    }

    Map<String, GgufValue> metadata() {
        return metadata;
    }

    /** Tokens that a model with random weights is to say hardly ever: those that end an answer, and parts of characters. */
    BitSet rare() {
        return (BitSet) rare.clone();
    }

    private static BitSet rare(GgufValue types) {
        BitSet rare = new BitSet();
        if (types != null) {
            ByteBuffer values = ByteBuffer.wrap(types.bytes()).order(ByteOrder.LITTLE_ENDIAN).position(12);
            for (int id = 0; values.hasRemaining(); id++) {
                int type = values.getInt();
                rare.set(id, type == Pieces.CONTROL || type == Pieces.UNKNOWN);
            }
        }
        return rare;
    }
}
