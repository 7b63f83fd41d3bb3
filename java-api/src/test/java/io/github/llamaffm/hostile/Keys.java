package io.github.llamaffm.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that llama.cpp knows, as its sources have them. */
final class Keys {

    private static final Pattern ENTRY = Pattern.compile("\\{ *LLM_(KV|TENSOR|ARCH)_\\w+, *\"([^\"]+)\" *\\}");
    private static final Pattern TOKENIZER = Pattern.compile("tokenizer_pre == \"([^\"]+)\"");

    private final List<String> keys = new ArrayList<>();
    private final List<String> tensors = new ArrayList<>();
    private final List<String> architectures = new ArrayList<>();
    private final List<String> tokenizers = new ArrayList<>();

    /** @param sources of llama.cpp */
    Keys(Path sources) {
        try {
            Matcher entry = ENTRY.matcher(Files.readString(sources.resolve("src/llama-arch.cpp")));
            while (entry.find()) {
                switch (entry.group(1)) {
                    case "KV" -> keys.add(entry.group(2));
                    case "TENSOR" -> tensors.add(entry.group(2));
                    default -> architectures.add(entry.group(2));
                }
            }
            Matcher tokenizer = TOKENIZER.matcher(Files.readString(sources.resolve("src/llama-vocab.cpp")));
            while (tokenizer.find()) {
                tokenizers.add(tokenizer.group(1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        keys.add("split.count");
        keys.add("split.no");
        keys.add("split.tensors.count");
        keys.add("general.alignment");
        if (keys.size() < 150 || tensors.size() < 200 || architectures.size() < 100 || tokenizers.size() < 20) {
            throw new AssertionError("%d keys, %d tensors, %d architectures, %d tokenizers: the sources have another form"
                    .formatted(keys.size(), tensors.size(), architectures.size(), tokenizers.size()));
        }
    }

    String any(Random random) {
        return GgufMutation.any(keys, random);
    }

    String tensor(Random random) {
        return GgufMutation.any(tensors, random);
    }

    String architecture(Random random) {
        return GgufMutation.any(architectures, random);
    }

    String tokenizer(Random random) {
        return GgufMutation.any(tokenizers, random);
    }

    String tokenId(Random random) {
        return GgufMutation.any(keys.stream().filter(key -> key.endsWith("token_id")).toList(), random);
    }
}
