package io.github.llamaffm.testkit;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte-level BPE as GPT-2 has it, cut into words as Llama 3 cuts them: every text can be encoded, and comes back whole. */
final class BytePairVocabulary {

    private static final int SIZE = 512;

    /** How Llama 3 cuts a text into words, which is what the pre-tokenizer "llama-bpe" means. */
    private static final Pattern WORDS = Pattern.compile("(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
            + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

    private static final String BEGIN = "<|begin_of_text|>";
    private static final String END = "<|end_of_text|>";
    private static final String TURN = "<|im_start|>";
    private static final String TURN_END = "<|im_end|>";
    private static final String PADDING = "<|pad|>";
    private static final List<String> CONTROL = List.of(BEGIN, END, TURN, TURN_END, PADDING,
            "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>");

    private static final String CHAT_TEMPLATE = "{% for message in messages %}"
            + "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private BytePairVocabulary() {
    }

    /** The vocabulary of {@link Vocabulary#tiny()}. */
    static Vocabulary learn() {
        return learn(List.of(), List.of(), "llama-bpe");
    }

    /**
     * With further tokens at the end, that no text is encoded into.
     *
     * @param texts of them: each once, and none that the vocabulary has
     */
    static Vocabulary with(List<String> texts) {
        // This one cuts texts in much the same way, but does not look for whole words in the vocabulary.
        return learn(texts, List.of(), "smollm");
    }

    /** With a control token behind those. */
    static Vocabulary with(List<String> texts, String control) {
        return learn(texts, List.of(control), "smollm");
    }

    private static Vocabulary learn(List<String> further, List<String> furtherControl, String preTokenizer) {
        Pieces pieces = new Pieces();
        for (int b = 0; b < 256; b++) {
            int id = pieces.add(Character.toString(character(b)), Pieces.NORMAL, 0);
            if (b != '\n' && (b < ' ' || b > '~')) {
                // Noise, but readable noise.
                pieces.rare(id);
            }
        }
        List<Merges.Merge> merges = Merges.learn(words(), SIZE - 256 - CONTROL.size());
        merges.forEach(merge -> pieces.add(merge.merged(), Pieces.NORMAL, 0));
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("tokenizer.ggml.model", GgufValue.of("gpt2"));
        metadata.put("tokenizer.ggml.pre", GgufValue.of(preTokenizer));
        Map<String, Integer> ids = new LinkedHashMap<>();
        CONTROL.forEach(text -> ids.put(text, pieces.add(text, Pieces.CONTROL, 0)));
        further.forEach(text -> pieces.add(encoded(text), Pieces.NORMAL, 0));
        furtherControl.forEach(text -> pieces.add(text, Pieces.CONTROL, 0));
        pieces.writeTo(metadata, false);
        metadata.put("tokenizer.ggml.merges",
                GgufValue.of(merges.stream().map(merge -> merge.left() + " " + merge.right()).toList()));
        metadata.put("tokenizer.ggml.bos_token_id", GgufValue.of(ids.get(BEGIN)));
        metadata.put("tokenizer.ggml.eos_token_id", GgufValue.of(ids.get(END)));
        metadata.put("tokenizer.ggml.eot_token_id", GgufValue.of(ids.get(TURN_END)));
        metadata.put("tokenizer.ggml.padding_token_id", GgufValue.of(ids.get(PADDING)));
        metadata.put("tokenizer.ggml.fim_pre_token_id", GgufValue.of(ids.get("<|fim_prefix|>")));
        metadata.put("tokenizer.ggml.fim_suf_token_id", GgufValue.of(ids.get("<|fim_suffix|>")));
        metadata.put("tokenizer.ggml.fim_mid_token_id", GgufValue.of(ids.get("<|fim_middle|>")));
        metadata.put("tokenizer.ggml.add_bos_token", GgufValue.of(true));
        metadata.put("tokenizer.chat_template", GgufValue.of(CHAT_TEMPLATE));
        return new Vocabulary(metadata, pieces.size(), pieces.rare());
    }

    /** Where {@link #with} puts the first of its tokens. */
    static int firstFurther() {
        return SIZE;
    }

    /** The token that ends an answer. */
    static int turnEnd() {
        return control(TURN_END);
    }

    /** The token that begins a text. */
    static int begin() {
        return control(BEGIN);
    }

    private static int control(String text) {
        return SIZE - CONTROL.size() + CONTROL.indexOf(text);
    }

    private static Map<String, Integer> words() {
        Map<String, Integer> words = new LinkedHashMap<>();
        Matcher matcher = WORDS.matcher(TrainingText.TEXT);
        while (matcher.find()) {
            words.merge(encoded(matcher.group()), 1, Integer::sum);
        }
        return words;
    }

    /** A text as a vocabulary file holds it: one printable character for each byte. */
    static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.appendCodePoint(character(b & 0xFF));
        }
        return encoded.toString();
    }

    /** The printable character that stands for a byte in a vocabulary file. */
    private static int character(int b) {
        if (isPrintable(b)) {
            return b;
        }
        int others = 0;
        for (int i = 0; i < b; i++) {
            others += isPrintable(i) ? 0 : 1;
        }
        return 256 + others;
    }

    private static boolean isPrintable(int b) {
        return b >= 0x21 && b <= 0x7E || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
    }
}
