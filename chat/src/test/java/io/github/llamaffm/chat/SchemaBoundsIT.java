package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.internal.chat.ChatHost;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds of integers: each number is let through or not, as the schema says. */
class SchemaBoundsIT {

    private static final int FROM = -1_200;
    private static final int TO = 12_000;

    @TempDir
    Path folder;

    @Test
    void exactlyTheNumbersBetweenAreLetThrough() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (Model model = Model.load(TinyModel.llama().writeTo(folder.resolve("tiny.gguf")))) {
            for (int i = 0; i < 60; i++) {
                OptionalInt least = i % 3 == 0 ? OptionalInt.empty() : OptionalInt.of(number(random));
                OptionalInt most = i % 3 == 1 ? OptionalInt.empty() : OptionalInt.of(least.orElse(-1_100) + Math.abs(number(random)));
                List<String> keywords = new ArrayList<>(List.of("\"type\":\"integer\""));
                least.ifPresent(value -> keywords.add("\"minimum\":" + value));
                most.ifPresent(value -> keywords.add("\"maximum\":" + value));
                String gbnf = ((ChatHost) model).schemaToGrammar(SchemaCheck.of("{" + String.join(",", keywords) + "}").toString());
                Pattern regex = regex(gbnf);
                assertThat(IntStream.rangeClosed(FROM, TO)
                        .filter(n -> regex.matcher(Integer.toString(n)).matches() != (n >= least.orElse(FROM) && n <= most.orElse(TO))))
                        .as("seed %d: %s: %s", seed, keywords, gbnf).isEmpty();
            }
        }
    }

    /** What the check is for: upstream makes no lower bound of this by itself. Once it does, the bounds need no second end. */
    @Test
    void upstreamLetsThroughLessThanALowerBound() {
        try (Model model = Model.load(TinyModel.llama().writeTo(folder.resolve("tiny.gguf")))) {
            String gbnf = ((ChatHost) model).schemaToGrammar("{\"type\":\"integer\",\"minimum\":100}");
            assertThat(regex(gbnf).matcher("10").matches()).isTrue();
        }
    }

    private static int number(Random random) {
        int number = random.nextInt(4) == 0 ? List.of(100, 1_000, 101, 110, 1_005, 99, 10).get(random.nextInt(7)) : random.nextInt(1_100);
        return random.nextInt(3) == 0 ? -number : number;
    }

    /** A rule of digits and signs. */
    private static Pattern regex(String gbnf) {
        String rule = gbnf.lines().filter(line -> line.startsWith("root ::= ")).findFirst().orElseThrow();
        return Pattern.compile(rule.substring("root ::= ".length()).replaceAll("[\" ]", ""));
    }
}
