package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.absent;
import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Candidates;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarException;
import io.github.llamaffm.GrammarUse.Trigger;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec.Custom;
import io.github.llamaffm.SamplerSpec.GrammarRule;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Grammars that are wrong, too deep, or allow nothing. Those that recurse run on a stack of 1 MiB. */
final class GrammarMisuse implements MisuseGroup {

    /** Chosen again and again, that many times. */
    private static final int TOKENS = 8_000;

    private static final String NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    @Override
    public String title() {
        return "Grammars";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                refused("A syntax error", "NULL, and a text on stderr", GrammarException.class, _ -> Grammar.of("root ::= \"a\n\"b")),
                refused("A rule that is missing", "NULL, and a text on stderr", GrammarException.class, _ -> Grammar.of("root ::= \"a\"\n  other")),
                refused("No root", "NULL", GrammarException.class, _ -> Grammar.of("start ::= \"a\"")),
                refused("Left recursion", "NULL", GrammarException.class, _ -> Grammar.of("root ::= root \"a\" | \"b\"")),
                refused("U+0000", "ends there", GrammarException.class, _ -> Grammar.of("root ::= \"a\0b\"")),
                refused("Half a character", "-", IllegalArgumentException.class, _ -> Grammar.of("root ::= \"\ud83d\"")),
                refused("A root that is null", "exception", GrammarException.class, _ -> Grammar.of("root ::= \"a\"", nothing())),
                absent("A grammar without a vocabulary", "abort when it is applied", "a model makes samplers",
                        _ -> PublicApi.takes(Model.class, "newSampler", List.of(SamplerOptions.class))),
                refused("A pattern that is no regular expression", "exception `std::regex_error`", IllegalArgumentException.class, _ -> new Trigger.Pattern("a(b")),
                refused("An anchored pattern", "signal after 5 kB of output", IllegalArgumentException.class, _ -> new Trigger.Pattern("^[\\s\\S]*?(x)[\\s\\S]*$")),
                refused("A trigger that is empty", "not tried", IllegalArgumentException.class, _ -> new Trigger.Word("")),
                refused("A trigger with U+0000", "ends there", IllegalArgumentException.class, scene -> generate(scene, GrammarUse.after(letters(), new Trigger.Word("a\0b")))),
                refused("A trigger token that is not there", "not tried", IllegalArgumentException.class, scene -> generate(scene, GrammarUse.after(letters(), new Trigger.Token(-1)))),
                refused("No trigger", "not tried", IllegalArgumentException.class, _ -> GrammarUse.after(letters())),
                refused("A pattern that matches nothing at all", "not tried", SamplingException.class, scene -> generate(scene, GrammarUse.after(Grammar.of("root ::= \"\u00e9\""), new Trigger.Pattern("")))),
                works("A token accepted that the grammar forbids; an end of generation too early; a token ≥ `n_vocab`",
                        "exception llama-grammar.cpp:1523; abort :1451; exception", scene -> {
                            try (Sampler sampler = scene.llama().newSampler(SamplerOptions.of(new GrammarRule(GrammarUse.always(letters())), new Custom(() -> First.of(0))))) {
                                sampler.accept(1, scene.llama().tokenizer().eos().orElseThrow());
                            }
                            return "a grammar is told only of what was sampled under it";
                        }),
                refused("A token number that no vocabulary has", "-", SamplingException.class, scene -> generate(scene, GrammarUse.always(Grammar.of("root ::= <[2000000000]>")))),
                refused("A token name that this vocabulary has not", "not tried", GrammarException.class, scene -> generate(scene, GrammarUse.always(Grammar.of("root ::= <|none|>")))),
                refused("A grammar that this vocabulary cannot write", "not tried", SamplingException.class, scene ->
                        generate(scene, GrammarUse.always(Grammar.of("root ::= <[2000000000]> \"a\"")))),
                refused("A grammar as link that leaves nothing of the chain's choice", "not tried", SamplingException.class, scene -> {
                    GenerateOptions options = GenerateOptions.builder().grammar(letters())
                            .sampler(SamplerOptions.of(new io.github.llamaffm.SamplerSpec.LogitBias(IntStream.range(0, 512).boxed()
                                    .filter(token -> token != scene.llama().tokenizer().encode("1")[0])
                                    .collect(Collectors.toMap(token -> token, _ -> Float.NEGATIVE_INFINITY))), new io.github.llamaffm.SamplerSpec.Greedy())).build();
                    scene.inContext(context -> context.generate("Hello", options).result());
                }),
                refused("100,000 nested parentheses", "signal at 5,000", GrammarException.class,
                        _ -> OnThread.small(() -> Grammar.of("root ::= " + "(".repeat(100_000) + "\"a\"" + ")".repeat(100_000)))),
                refused("100,000 nested parentheses, from a virtual thread", "signal at 5,000", GrammarException.class,
                        _ -> OnThread.virtual(() -> Grammar.of("root ::= " + "(".repeat(100_000) + "\"a\"" + ")".repeat(100_000)))),
                works("990 nested parentheses", "signal at 5,000", scene -> follows(scene, "root ::= " + "(".repeat(990) + "\"a\"" + ")".repeat(990))),
                works("100,000 rules, each naming the next", "signal at 20,000", scene -> follows(scene, chain(99_999))),
                refused("A grammar of more than 1 MiB", "not tried", GrammarException.class, _ -> OnThread.small(() -> Grammar.of(chain(110_000)))),
                refused("Repetitions that make 4,000,000 rules", "not tried", GrammarException.class, _ -> Grammar.of("root ::= (\"a\"{0,2000}){0,2000}")),
                works("A token of 20,000 letters", "signal", GrammarMisuse::longToken),
                works("A pattern that matches after 8,000 tokens", "signal after 5 kB of output", GrammarMisuse::triggersLate),
                refused("A pattern that recurses in Java for each token", "-", SamplingException.class, scene -> OnThread.small(() -> {
                    chooseOften(scene, new Trigger.Pattern("(?:%s|zz)*x".formatted(scene.llama().tokenizer().decode(300))), 300);
                    return "";
                })));
    }

    @SuppressWarnings("NullAway")
    private static String nothing() {
        return null;
    }

    private static Grammar letters() {
        return Grammar.of("root ::= [a-z]+");
    }

    private static void generate(Scene scene, GrammarUse use) throws Exception {
        GenerateOptions options = GenerateOptions.builder().grammar(use).maxTokens(4).sampler(Scene.FEW.sampler()).build();
        scene.inContext(context -> context.generate("Hello", options).result());
    }

    /** Short names, so that 100,000 rules are less than 1 MiB. */
    private static String chain(int rules) {
        StringBuilder gbnf = new StringBuilder("root::=aaa\n");
        for (int i = 0; i < rules; i++) {
            gbnf.append(name(i)).append("::=").append(i == rules - 1 ? "\"a\"" : name(i + 1)).append('\n');
        }
        return gbnf.toString();
    }

    private static String name(int i) {
        int base = NAME.length();
        return "" + NAME.charAt(i / base / base) + NAME.charAt(i / base % base) + NAME.charAt(i % base);
    }

    private static String follows(Scene scene, String gbnf) throws Exception {
        return OnThread.small(() -> {
            GenerateOptions options = GenerateOptions.builder().grammar(Grammar.of(gbnf)).sampler(Scene.FEW.sampler()).build();
            scene.inContext(context -> assertThat(context.generate("Hello", options).result().text()).isEqualTo("a"));
            return "generates what it allows";
        });
    }

    /** Filtering recurses once for each character of a token. */
    private static String longToken(Scene scene) throws Exception {
        List<String> tokens = IntStream.range(0, scene.llama().tokenizer().size()).mapToObj(token -> "t" + token).collect(Collectors.toCollection(ArrayList::new));
        tokens.set(300, "x".repeat(20_000));
        var file = TinyModel.llama().metadata("tokenizer.ggml.tokens", GgufValue.of(tokens)).writeTo(scene.folder().resolve("long.gguf"));
        GenerateOptions options = GenerateOptions.builder().grammar(Grammar.of("root ::= \"x\"+")).maxTokens(3).build();
        return OnThread.small(() -> {
            try (Model model = Model.load(file)) {
                scene.inContext(model, builder -> builder, context -> assertThat(context.generate(new int[] {5}, options).result().tokens()).startsWith(300));
            }
            return "generates it";
        });
    }

    /** After 8,000 tokens, where upstream's search would recurse once for each character. */
    private static String triggersLate(Scene scene) throws Exception {
        return OnThread.small(() -> {
            int a = scene.llama().tokenizer().encode("a")[0];
            GrammarUse use = GrammarUse.after(Grammar.of("root ::= \"a\" [c]+"), new Trigger.Pattern("(?:qx|qy)z|[^a](a)\\z|[\\s\\S](a)"), new Trigger.Word("never said"));
            First favourite = First.of(scene.llama().tokenizer().encode("c")[0]);
            try (Sampler sampler = scene.llama().newSampler(SamplerOptions.of(new GrammarRule(use), new Custom(() -> favourite)))) {
                scene.inBatch((context, sequence, batch) -> {
                    int row = batch.add(sequence, 1, true);
                    context.decode(batch);
                    for (int i = 0; i < TOKENS; i++) {
                        sampler.sample(context, row);
                    }
                    favourite.token = a;
                    sampler.sample(context, row);
                    // Now it holds: another "a" is not allowed.
                    assertThat(scene.llama().tokenizer().decode(sampler.sample(context, row))).matches("c+");
                });
            }
            return "the grammar starts there";
        });
    }

    private static void chooseOften(Scene scene, Trigger trigger, int token) throws Exception {
        GrammarUse use = GrammarUse.after(letters(), trigger);
        try (Sampler sampler = scene.llama().newSampler(SamplerOptions.of(new GrammarRule(use), new Custom(() -> First.of(token))))) {
            scene.inBatch((context, sequence, batch) -> {
                int row = batch.add(sequence, 1, true);
                context.decode(batch);
                for (int i = 0; i < TOKENS; i++) {
                    sampler.sample(context, row);
                }
            });
        }
    }

    /** Selects one token, or where it is excluded the first that is not. */
    private static final class First implements CandidateSampler {
        private int token;

        static First of(int token) {
            First first = new First();
            first.token = token;
            return first;
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
