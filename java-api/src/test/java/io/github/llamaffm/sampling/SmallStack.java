package io.github.llamaffm.sampling;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.GrammarUse.Trigger;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerSpec.Custom;
import io.github.llamaffm.SamplerSpec.Dist;
import io.github.llamaffm.SamplerSpec.GrammarRule;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Grammars that overflow a stack of 1 MiB where upstream's code reads them there. Argument: a folder to write to. */
final class SmallStack {
    private static final int TOKENS = 8_000;

    private SmallStack() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        Throwable[] failure = new Throwable[1];
        Thread thread = new Thread(null, () -> run(Path.of(arguments[0])), "small", 1 << 20);
        thread.setUncaughtExceptionHandler((_, thrown) -> failure[0] = thrown);
        thread.start();
        thread.join();
        if (failure[0] != null) {
            throw new AssertionError(failure[0]);
        }
    }

    private static void run(Path folder) {
        longToken(folder);
        try (Row row = new Row("The capital of France is")) {
            follows(row, "root ::= " + "(".repeat(990) + "\"ab\"" + ")".repeat(990), "ab");
            follows(row, chain(20_000), "ab");
            triggersLate(row);
            recursesInJava(row);
            follows(row, "root ::= \"ab\"", "ab");
        }
    }

    /** Filtering recurses once for each character of a token. */
    private static void longToken(Path folder) {
        Path plain = TinyModel.llama().writeTo(folder.resolve("plain.gguf"));
        List<String> tokens;
        try (Model model = Model.load(plain)) {
            tokens = IntStream.range(0, model.tokenizer().size()).mapToObj(token -> "t" + token).collect(toCollection(ArrayList::new));
        }
        tokens.set(300, "x".repeat(20_000));
        Path file = TinyModel.llama().metadata("tokenizer.ggml.tokens", GgufValue.of(tokens)).writeTo(folder.resolve("long.gguf"));
        GenerateOptions options = GenerateOptions.builder().grammar(Grammar.of("root ::= \"x\"+")).maxTokens(3).build();
        try (Model model = Model.load(file);
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
                Generation generation = context.generate(new int[] {5}, options)) {
            assertThat(generation.result().tokens()).startsWith(300);
        }
    }

    private static String chain(int rules) {
        StringBuilder gbnf = new StringBuilder("root ::= r0 \"b\"\n");
        for (int i = 0; i < rules; i++) {
            gbnf.append("r%d ::= r%d\n".formatted(i, i + 1));
        }
        return gbnf.append("r%d ::= \"a\"\n".formatted(rules)).toString();
    }

    private static void follows(Row row, String gbnf, String text) {
        try (Sampler sampler = row.sampler(new GrammarRule(GrammarUse.always(Grammar.of(gbnf))), new Custom(() -> new Favourite(row, text)))) {
            sampler.reset();
            assertThat(row.sample(sampler)).isEqualTo(token(row, text));
        }
    }

    /** After 32,000 characters, where upstream's search would recurse once for each of them. */
    private static void triggersLate(Row row) {
        GrammarUse use = GrammarUse.after(Grammar.of("root ::= \"ab\" [c]+"), new Trigger.Pattern("(?:x|y)z|[\\s\\S](ab)"), new Trigger.Word("never"));
        Favourite favourite = new Favourite(row, " the");
        try (Sampler sampler = row.sampler(new GrammarRule(use), new Custom(() -> favourite))) {
            row.sample(sampler, TOKENS);
            favourite.token = token(row, "ab");
            row.sample(sampler);
            // Now it holds: " the" is not allowed.
            favourite.token = token(row, " the");
            assertThat(row.model.tokenizer().decode(row.sample(sampler, 3))).matches("c+");
        }
    }

    /** An alternative inside a loop recurses in java.util.regex too; that is an exception. */
    private static void recursesInJava(Row row) {
        GrammarUse use = GrammarUse.after(Grammar.of("root ::= \"a\""), new Trigger.Pattern("(?: the| a)*x"));
        try (Sampler sampler = row.sampler(new GrammarRule(use), new Custom(() -> new Favourite(row, " the")))) {
            assertThatExceptionOfType(SamplingException.class).isThrownBy(() -> row.sample(sampler, TOKENS))
                    .withMessageContaining("recurses too deep");
            sampler.reset();
            row.sample(sampler, 10);
        }
        assertThat(row.sample(3, new Dist(OptionalInt.of(1)))).hasSize(3);
    }

    private static int token(Row row, String text) {
        int[] tokens = row.model.tokenizer().encode(text);
        assertThat(tokens).as(text).hasSize(1);
        return tokens[0];
    }

    /** Selects one token, or where it is excluded the first that is not. */
    private static final class Favourite implements CandidateSampler {
        private int token;

        Favourite(Row row, String text) {
            token = token(row, text);
        }

        @Override
        public void apply(Candidates candidates) {
            int selected = token;
            for (int i = 0; candidates.logit(selected) == Float.NEGATIVE_INFINITY; i++) {
                selected = i;
            }
            candidates.select(selected);
        }
    }
}
