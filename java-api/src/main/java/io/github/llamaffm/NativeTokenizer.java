package io.github.llamaffm;

import io.github.llamaffm.bindings.NativeStrings;
import io.github.llamaffm.bindings.generated.LlamaFfm;
import io.github.llamaffm.bindings.generated.lf_detokenize_request;
import io.github.llamaffm.bindings.generated.lf_token_info;
import io.github.llamaffm.bindings.generated.lf_tokenize_request;
import io.github.llamaffm.internal.IntList;
import io.github.llamaffm.internal.NativeLog;
import io.github.llamaffm.internal.Utf8;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToIntFunction;

/** A vocabulary in native memory, owned by its model. */
final class NativeTokenizer implements Tokenizer {

    /** Longer texts need a native stack, and time, that nobody means to give. */
    static final int MAX_TEXT_BYTES = 16 << 20;

    private static final int USUAL_EOG_TOKENS = 64;
    private static final int SPARE_TEXT_BYTES = 64;

    private final NativeModel model;
    private final MemorySegment vocab;
    private final int size;
    private final int[] endOfGeneration;

    /** As many as threads have read pieces at once. Not one per thread: a thread would keep it, and this, for its life. */
    private final ArrayDeque<PieceBuffer> pieces = new ArrayDeque<>();

    NativeTokenizer(NativeModel model, MemorySegment vocab) {
        this.model = model;
        this.vocab = vocab;
        this.size = LlamaFfm.llama_vocab_n_tokens(vocab);
        this.endOfGeneration = readEndOfGeneration();
    }

    /** For calls inside the model's {@code enter()} and {@code exit()}. */
    MemorySegment vocab() {
        return vocab;
    }

    @Override
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        byte[] utf8 = Utf8.encode(text);
        if (utf8.length > MAX_TEXT_BYTES) {
            throw new TokenizeException("a text of %d bytes is longer than the %d that are encoded at once; split it"
                    .formatted(utf8.length, MAX_TEXT_BYTES), List.of());
        }
        model.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_tokenize_request.allocate(arena);
            lf_tokenize_request.vocab(request, vocab);
            lf_tokenize_request.text(request, arena.allocate(utf8.length + 1L).copyFrom(MemorySegment.ofArray(utf8)));
            lf_tokenize_request.text_length(request, utf8.length);
            lf_tokenize_request.add_special(request, addSpecial);
            lf_tokenize_request.parse_special(request, parseSpecial);
            // Hardly a token is shorter than a byte, but some vocabularies add some of their own.
            int[] tokens = encode(request, utf8.length + 16, arena);
            NativeLog.drain();
            return tokens;
        } finally {
            model.exit();
        }
    }

    private static int[] encode(MemorySegment request, int capacity, Arena arena) {
        MemorySegment tokens = arena.allocate(ValueLayout.JAVA_INT, capacity);
        lf_tokenize_request.tokens(request, tokens);
        lf_tokenize_request.capacity(request, capacity);
        require(LlamaFfm.lf_tokenize(request), "cannot encode the text");
        int count = lf_tokenize_request.count(request);
        return count > capacity
                ? encode(request, count, arena)
                : tokens.asSlice(0, (long) count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
    }

    @Override
    public String decode(int... tokens) {
        Check.range("the number of tokens", tokens.length, 0, MAX_TEXT_BYTES);
        for (int i = 0; i < tokens.length; i++) {
            requireToken(tokens[i], i);
        }
        model.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = lf_detokenize_request.allocate(arena);
            lf_detokenize_request.vocab(request, vocab);
            lf_detokenize_request.tokens(request, arena.allocateFrom(ValueLayout.JAVA_INT, tokens));
            lf_detokenize_request.n_tokens(request, tokens.length);
            String text = decode(request, tokens.length * 8 + SPARE_TEXT_BYTES, arena);
            NativeLog.drain();
            return text;
        } finally {
            model.exit();
        }
    }

    private static String decode(MemorySegment request, int capacity, Arena arena) {
        MemorySegment text = arena.allocate(capacity);
        lf_detokenize_request.text(request, text);
        lf_detokenize_request.capacity(request, capacity);
        require(LlamaFfm.lf_detokenize(request), "cannot decode the tokens");
        int length = lf_detokenize_request.length(request);
        return length > capacity
                ? decode(request, length, arena)
                : Utf8.decode(text, length);
    }

    @Override
    public byte[] piece(int token) {
        requireToken(token, 0);
        model.enter();
        try {
            PieceBuffer piece = takePieceBuffer();
            byte[] bytes = new byte[piece.read(token)];
            piece.copyTo(bytes, bytes.length);
            giveBack(piece);
            return bytes;
        } finally {
            model.exit();
        }
    }

    @Override
    public int piece(int token, byte[] out) {
        requireToken(token, 0);
        model.enter();
        try {
            PieceBuffer piece = takePieceBuffer();
            int length = piece.read(token);
            if (length <= out.length) {
                piece.copyTo(out, length);
            }
            giveBack(piece);
            if (length > out.length) {
                throw new IllegalArgumentException(
                        "the piece of token %d has %d bytes, %d are given".formatted(token, length, out.length));
            }
            return length;
        } finally {
            model.exit();
        }
    }

    private PieceBuffer takePieceBuffer() {
        synchronized (pieces) {
            PieceBuffer free = pieces.pollLast();
            return free == null ? new PieceBuffer(this, true) : free;
        }
    }

    /** Where reading fails it is not given back, and collected. */
    private void giveBack(PieceBuffer piece) {
        synchronized (pieces) {
            pieces.addLast(piece);
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        requireToken(token, 0);
        return Arrays.binarySearch(endOfGeneration, token) >= 0;
    }

    @Override
    public int[] endOfGeneration() {
        return endOfGeneration.clone();
    }

    private int[] readEndOfGeneration() {
        try (Arena arena = Arena.ofConfined()) {
            int capacity = USUAL_EOG_TOKENS;
            MemorySegment tokens = arena.allocate(ValueLayout.JAVA_INT, capacity);
            int count = LlamaFfm.lf_vocab_eog_tokens(vocab, tokens, capacity);
            if (count > capacity) {
                tokens = arena.allocate(ValueLayout.JAVA_INT, count);
                count = LlamaFfm.lf_vocab_eog_tokens(vocab, tokens, count);
            }
            require(count, "cannot read the tokens that end a generation");
            return tokens.asSlice(0, (long) count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
        }
    }

    @Override
    public OptionalInt bos() {
        return special(LlamaFfm::llama_vocab_bos);
    }

    @Override
    public OptionalInt eos() {
        return special(LlamaFfm::llama_vocab_eos);
    }

    @Override
    public OptionalInt eot() {
        return special(LlamaFfm::llama_vocab_eot);
    }

    @Override
    public OptionalInt newline() {
        return special(LlamaFfm::llama_vocab_nl);
    }

    @Override
    public boolean addsBos() {
        return read(vocabulary -> LlamaFfm.llama_vocab_get_add_bos(vocabulary) ? 1 : 0) == 1;
    }

    @Override
    public boolean addsEos() {
        return read(vocabulary -> LlamaFfm.llama_vocab_get_add_eos(vocabulary) ? 1 : 0) == 1;
    }

    @Override
    public OptionalInt sep() {
        return special(LlamaFfm::llama_vocab_sep);
    }

    @Override
    public OptionalInt pad() {
        return special(LlamaFfm::llama_vocab_pad);
    }

    @Override
    public OptionalInt mask() {
        return special(LlamaFfm::llama_vocab_mask);
    }

    @Override
    public OptionalInt fimPrefix() {
        return special(LlamaFfm::llama_vocab_fim_pre);
    }

    @Override
    public OptionalInt fimSuffix() {
        return special(LlamaFfm::llama_vocab_fim_suf);
    }

    @Override
    public OptionalInt fimMiddle() {
        return special(LlamaFfm::llama_vocab_fim_mid);
    }

    @Override
    public OptionalInt fimPad() {
        return special(LlamaFfm::llama_vocab_fim_pad);
    }

    @Override
    public OptionalInt fimRepository() {
        return special(LlamaFfm::llama_vocab_fim_rep);
    }

    @Override
    public OptionalInt fimSeparator() {
        return special(LlamaFfm::llama_vocab_fim_sep);
    }

    @Override
    public TokenInfo info(int token) {
        requireToken(token, 0);
        model.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = lf_token_info.allocate(arena);
            require(LlamaFfm.lf_token_describe(vocab, info, token), "cannot tell of token " + token);
            int attributes = lf_token_info.attributes(info);
            Set<TokenInfo.Attribute> present = EnumSet.noneOf(TokenInfo.Attribute.class);
            for (TokenInfo.Attribute attribute : TokenInfo.Attribute.values()) {
                if ((attributes & 1 << attribute.ordinal()) != 0) {
                    present.add(attribute);
                }
            }
            return new TokenInfo(NativeStrings.read(lf_token_info.text(info)),
                    lf_token_info.score(info), present);
        } finally {
            model.exit();
        }
    }

    /** Tokens that are CONTROL, USER_DEFINED or UNKNOWN. */
    int[] besideText() {
        int wanted = LlamaFfm.LLAMA_TOKEN_ATTR_CONTROL() | LlamaFfm.LLAMA_TOKEN_ATTR_USER_DEFINED() | LlamaFfm.LLAMA_TOKEN_ATTR_UNKNOWN();
        IntList found = new IntList();
        model.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = lf_token_info.allocate(arena);
            for (int token = 0; token < size; token++) {
                require(LlamaFfm.lf_token_describe(vocab, info, token), "cannot tell of a token");
                if ((lf_token_info.attributes(info) & wanted) != 0) {
                    found.add(token);
                }
            }
            return found.toArray();
        } finally {
            model.exit();
        }
    }

    /** Whether a separator is wanted between two texts. */
    boolean addsSep() {
        return read(vocabulary -> LlamaFfm.llama_vocab_get_add_sep(vocabulary) ? 1 : 0) == 1;
    }

    /** llama.cpp says -1 where there is none. */
    private OptionalInt special(ToIntFunction<MemorySegment> getter) {
        int token = read(getter);
        return token < 0 ? OptionalInt.empty() : OptionalInt.of(token);
    }

    private int read(ToIntFunction<MemorySegment> getter) {
        model.enter();
        try {
            return getter.applyAsInt(vocab);
        } finally {
            model.exit();
        }
    }

    /** llama.cpp answers a token that is not in the vocabulary with an exception or a signal. */
    void requireToken(int token, int index) {
        if (token < 0 || token >= size) {
            throw new IllegalArgumentException("token %d at index %d is not in the vocabulary: 0..%d"
                    .formatted(token, index, size - 1));
        }
    }

    private static void require(int status, String what) {
        if (status < 0) {
            throw failure(status, what);
        }
    }

    static LlamaException failure(int status, String what) {
        if (status == LlamaFfm.LF_ERROR_SHUTDOWN()) {
            return new ShutdownException();
        }
        NativeError error = NativeError.last();
        return new TokenizeException(what + ": " + error.summary(), error.log());
    }
}
