package io.github.llamaffm.hostile;

import io.github.llamaffm.hostile.GgufParts.Entry;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damage to what a tokenizer is made of. */
final class TokenizerMutation {

    private static final String PREFIX = "tokenizer.ggml.";
    private static final List<String> MODELS = List.of("llama", "gpt2", "bert", "t5", "rwkv", "plamo2", "gemma4", "none", "no_vocab", "test", "x", "");

    private TokenizerMutation() {}

    static String apply(GgufParts file, Random random, Keys keys) {
        return switch (random.nextInt(8)) {
            case 0 -> text(file, PREFIX + "model", MODELS.get(random.nextInt(MODELS.size())));
            case 1 -> text(file, PREFIX + "pre", keys.tokenizer(random));
            case 2, 3 -> texts(file, random);
            case 4 -> numbers(file, random);
            case 5 -> length(file, random);
            case 6 -> id(file, random, keys);
            default -> charsmap(file, random);
        };
    }

    private static String text(GgufParts file, String key, String value) {
        file.entries.removeIf(entry -> entry.key().equals(key));
        file.entries.add(GgufParts.ofText(key, value));
        return key + ": " + value;
    }

    /** Tokens and merges: equal ones, empty, long, not UTF-8. */
    private static String texts(GgufParts file, Random random) {
        int at = any(file, random, GgufParts::isTexts);
        if (at < 0) {
            return "none";
        }
        Entry entry = file.entries.get(at);
        List<byte[]> texts = GgufParts.texts(entry);
        if (texts.isEmpty()) {
            return "none";
        }
        int kind = random.nextInt(7);
        int first = random.nextInt(texts.size());
        int count = random.nextInt(4) == 0 ? texts.size() : 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            int index = count == texts.size() ? i : random.nextInt(texts.size());
            texts.set(index, switch (kind) {
                case 0 -> texts.get(first);
                case 1 -> new byte[0];
                case 2 -> i == 0 ? "long ".repeat(random.nextInt(20_000)).getBytes() : texts.get(index);
                case 3 -> bytes(random, random.nextInt(12));
                case 4 -> new byte[] {(byte) (0xC0 | random.nextInt(64)), (byte) random.nextInt()};
                case 5 -> "<0x%02X>".formatted(random.nextInt(300)).getBytes();
                default -> " ".repeat(random.nextInt(4)).getBytes();
            });
        }
        file.entries.set(at, GgufParts.ofTexts(entry.key(), texts));
        return "%s: %d of kind %d".formatted(entry.key(), count, kind);
    }

    /** Scores and types. */
    private static String numbers(GgufParts file, Random random) {
        int at = any(file, random, entry -> entry.key().startsWith("tokenizer.") && GgufParts.elementSize(entry) > 0);
        if (at < 0) {
            return "none";
        }
        Entry entry = file.entries.get(at);
        byte[] value = entry.value().clone();
        int type = GgufParts.littleEndian(value).getInt(0);
        int size = GgufParts.size(type);
        int count = (value.length - 12) / size;
        if (count == 0) {
            return "none";
        }
        boolean all = random.nextInt(4) == 0;
        double number = type == GgufParts.F32 ? Extreme.number(1, random) : Extreme.integer(3, random);
        for (int i = 0; i < (all ? count : 8); i++) {
            System.arraycopy(GgufParts.number(type, number), 0, value, 12 + size * (all ? i : random.nextInt(count)), size);
        }
        file.entries.set(at, new Entry(entry.key(), entry.type(), value));
        return "%s: %s, %s".formatted(entry.key(), all ? "all" : "some", number);
    }

    /** Fewer or more elements than there are tokens, all of them there. */
    private static String length(GgufParts file, Random random) {
        int at = any(file, random, entry -> entry.key().startsWith("tokenizer.") && entry.type() == GgufParts.ARRAY);
        if (at < 0) {
            return "none";
        }
        Entry entry = file.entries.get(at);
        if (GgufParts.isTexts(entry)) {
            List<byte[]> texts = GgufParts.texts(entry);
            List<byte[]> some = new java.util.ArrayList<>(texts.subList(0, random.nextInt(texts.size() + 1)));
            if (random.nextInt(3) == 0) {
                some.addAll(texts);
            }
            file.entries.set(at, GgufParts.ofTexts(entry.key(), some));
            return "%s: %d elements, were %d".formatted(entry.key(), some.size(), texts.size());
        }
        int size = Math.max(1, GgufParts.elementSize(entry));
        int was = (entry.value().length - 12) / size;
        int now = random.nextInt(2 * was + 2);
        byte[] value = Arrays.copyOf(entry.value(), 12 + now * size);
        GgufParts.littleEndian(value).putLong(4, now);
        file.entries.set(at, new Entry(entry.key(), entry.type(), value));
        return "%s: %d elements, were %d".formatted(entry.key(), now, was);
    }

    /** Ids of special tokens. */
    private static String id(GgufParts file, Random random, Keys keys) {
        String key = keys.tokenId(random);
        long id = Extreme.integer(2, random);
        file.entries.removeIf(entry -> entry.key().equals(key));
        file.entries.add(new Entry(key, GgufParts.U32, GgufParts.number(GgufParts.U32, id)));
        return key + ": " + (int) id;
    }

    /** What a unigram tokenizer normalises with: a compiled table with offsets in it. */
    private static String charsmap(GgufParts file, Random random) {
        String key = PREFIX + "precompiled_charsmap";
        byte[] map = bytes(random, random.nextInt(3) == 0 ? random.nextInt(8) : 4 * random.nextInt(600) + random.nextInt(2));
        if (map.length > 4 && random.nextInt(4) > 0) {
            GgufParts.littleEndian(map).putInt(0, random.nextBoolean() ? map.length - 4 - random.nextInt(Math.min(map.length - 4, 40)) : (int) Extreme.integer(map.length, random));
        }
        byte[] value = java.nio.ByteBuffer.allocate(12 + map.length).order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putInt(random.nextBoolean() ? 0 : 1).putLong(map.length).put(map).array();
        file.entries.removeIf(entry -> entry.key().equals(key));
        file.entries.add(new Entry(key, GgufParts.ARRAY, value));
        return key + ": " + map.length + " bytes";
    }

    private static int any(GgufParts file, Random random, java.util.function.Predicate<Entry> kind) {
        int[] all = file.where(kind);
        return all.length == 0 ? -1 : all[random.nextInt(all.length)];
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
