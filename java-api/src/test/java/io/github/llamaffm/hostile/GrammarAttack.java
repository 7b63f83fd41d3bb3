package io.github.llamaffm.hostile;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.GrammarUse.Trigger;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Sequence;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** Mutated and made-up grammars, used from the first token on or from a trigger on. */
final class GrammarAttack implements Attack {

    private static final int TOKENS = 12;

    private final Model model;
    private final Context context;
    private final int row;
    private final GrammarTexts texts;

    GrammarAttack(Path folder, Path sources) {
        model = Model.load(Bases.model(folder, "tiny-llama"));
        context = model.newContext(ContextOptions.builder().contextSize(256).threads(2).build());
        texts = new GrammarTexts(sources);
        Sequence sequence = context.newSequence();
        try (Batch batch = context.newBatch()) {
            row = batch.add(sequence, 40, true);
            context.decode(batch);
        }
    }

    @Override
    public Outcome run(int number, Random random, Journal journal) {
        GrammarTexts.Text text = texts.next(number, random);
        journal.mutation(text.kind(), text.base(), text.gbnf().substring(0, Math.min(text.gbnf().length(), 300)));
        journal.stage("check");
        Grammar grammar;
        try {
            grammar = Grammar.of(text.gbnf());
        } catch (LlamaException | IllegalArgumentException e) {
            Outcome.requireDocumented(e);
            return Outcome.of(true, e);
        }
        GrammarUse use = use(grammar, random);
        try {
            journal.stage(use.triggers().isEmpty() ? "sampler" : "lazy sampler");
            try (Sampler sampler = model.newSampler(SamplerOptions.of(new SamplerSpec.GrammarRule(use), new SamplerSpec.Dist(OptionalInt.of(random.nextInt()))))) {
                journal.stage("sample");
                for (int i = 0; i < TOKENS && !model.tokenizer().isEndOfGeneration(sampler.sample(context, row)); i++) {
                    if (i == TOKENS / 2) {
                        sampler.copy().close();
                    }
                }
                sampler.reset();
                sampler.sample(context, row);
            }
            return Outcome.USED;
        } catch (LlamaException | IllegalArgumentException | IllegalStateException e) {
            Outcome.requireDocumented(e);
            return Outcome.of(false, e);
        }
    }

    private GrammarUse use(Grammar grammar, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> GrammarUse.after(grammar, new Trigger.Token(random.nextInt(model.tokenizer().size())));
            case 1 -> GrammarUse.after(grammar, new Trigger.Word(List.of("a", "e", " ", "th", "\0").get(random.nextInt(5))));
            case 2 -> GrammarUse.after(grammar, new Trigger.Pattern(List.of("[a-z]", "(?:.|\n)(e)", "\\s*\\{", "[^a]+").get(random.nextInt(4))),
                    new Trigger.Word("zz"));
            default -> GrammarUse.always(grammar);
        };
    }

    @Override
    public void close() {
        context.close();
        model.close();
    }
}
