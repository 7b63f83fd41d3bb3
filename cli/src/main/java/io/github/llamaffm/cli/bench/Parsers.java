package io.github.llamaffm.cli.bench;

import io.github.llamaffm.FlashAttention;
import io.github.llamaffm.KvType;
import java.util.Locale;
import java.util.Set;

/** Words that llama-bench knows. Each throws IllegalArgumentException for others. */
final class Parsers {

    private static final Set<KvType> CACHE_TYPES = Set.of(
            KvType.F16, KvType.BF16, KvType.Q8_0, KvType.Q4_0, KvType.Q4_1, KvType.Q5_0, KvType.Q5_1, KvType.IQ4_NL);

    /** How many tokens are computed at once, and how many one by one after them. */
    record PromptAndGeneration(int prompt, int generated) {}

    private Parsers() {}

    static String model(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("has an empty name");
        }
        return name;
    }

    static KvType cacheType(String word) {
        return CACHE_TYPES.stream().filter(type -> Words.of(type).equals(word)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("is not of f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, iq4_nl"));
    }

    static FlashAttention flashAttention(String word) {
        return switch (word) {
            case "on", "enabled", "true", "1" -> FlashAttention.ON;
            case "off", "disabled", "false", "0" -> FlashAttention.OFF;
            case "auto", "-1" -> FlashAttention.AUTO;
            default -> throw new IllegalArgumentException("is not of on, off, auto");
        };
    }

    static Sampling sampling(String word) {
        return switch (word) {
            case "none", "greedy", "default" -> Sampling.valueOf(word.toUpperCase(Locale.ROOT));
            default -> throw new IllegalArgumentException("is not of none, greedy, default");
        };
    }

    static Format format(String word) {
        return switch (word) {
            case "md", "csv", "json", "jsonl" -> Format.valueOf(word.toUpperCase(Locale.ROOT));
            default -> throw new IllegalArgumentException("is not md, csv, json or jsonl");
        };
    }

    static PromptAndGeneration promptAndGeneration(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length != 2 || !parts[0].matches("\\d{1,9}") || !parts[1].matches("\\d{1,9}")) {
            throw new IllegalArgumentException("is not two numbers of tokens, as in 512,128");
        }
        return new PromptAndGeneration(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
}
