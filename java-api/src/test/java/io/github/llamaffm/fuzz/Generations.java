package io.github.llamaffm.fuzz;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.WhenFull;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.Set;

/** Generations: started, read, left, cancelled, closed. */
final class Generations {

    private Generations() {}

    @Operation(weight = 14)
    static void start(Player p) {
        Context context = Contexts.any(p);
        keep(p, switch (p.arg("way", p.below(4))) {
            case 0 -> context.generate(p.orNull(p.arg("prompt", p.text())));
            case 1 -> context.generate(p.arg("prompt", p.text()), p.orNull(options(p, context)));
            default -> context.generate(p.orNull(p.arg("prompt", p.tokens(context.model()))), options(p, context));
        }, context);
    }

    @Operation(weight = 10)
    static void proceed(Player p) {
        Sequence sequence = Sequences.any(p);
        Context context = sequence.context();
        keep(p, switch (p.arg("way", p.below(4))) {
            case 0 -> sequence.generate(p.orNull(p.arg("prompt", p.text())));
            case 1 -> sequence.generate(p.arg("prompt", p.text()), p.orNull(options(p, context)));
            default -> sequence.generate(p.orNull(p.arg("prompt", p.tokens(context.model()))), options(p, context));
        }, context);
    }

    private static void keep(Player p, Generation generation, Context context) {
        p.keep(Kind.ANSWER, new Answer(generation), context);
    }

    private static Answer any(Player p) {
        return p.pickOrMake(Kind.ANSWER, p.chance(50) ? Contexts.any(p) : null, () -> {
            Context context = Contexts.any(p);
            return p.keep(Kind.ANSWER, new Answer(context.generate(p.arg("prompt", p.tokens(context.model())), options(p, context))), context);
        });
    }

    static GenerateOptions options(Player p, Context context) {
        Model model = context.model();
        GenerateOptions.Builder builder = GenerateOptions.builder();
        if (!p.chance(5)) {
            builder.maxTokens(p.number(0, 12));
        }
        if (p.chance(80)) {
            builder.sampler(Samplers.options(p, model));
        }
        for (int i = p.below(4); i > 0; i--) {
            switch (p.below(10)) {
                case 0 -> builder.stop(p.orNull(p.one("e", "the", "\n", "", "\ud800")));
                case 1 -> builder.stop(List.of("a", "ab", p.text()));
                case 2 -> p.find(Kind.GRAMMAR, null).ifPresent(builder::grammar);
                case 3 -> p.find(Kind.GRAMMAR, null).ifPresent(grammar -> builder.grammar(Grammars.use(p, model, grammar)));
                case 4 -> builder.timeLimit(p.one(Duration.ZERO, Duration.ofNanos(1), Duration.ofMillis(1), Duration.ofDays(400_000), Duration.ofNanos(-1)));
                case 5, 6 -> builder.whenFull(p.orNull(switch (p.below(4)) {
                    case 0 -> new WhenFull.Stop();
                    case 1 -> new WhenFull.Fail();
                    case 2 -> new WhenFull.Shift(p.number(0, 8), OptionalInt.empty());
                    default -> new WhenFull.Shift(p.number(0, 8), OptionalInt.of(p.number(1, 8)));
                }));
                case 7 -> builder.cancellation(p.find(Kind.CANCELLATION, null).orElseGet(Cancellation::create));
                case 8 -> builder.visibleTokens(Set.of(p.token(model), -1, p.number(0, 600)));
                default -> builder.adapters(p.orNull(Tunings.adapters(p, model)));
            }
        }
        return p.chance(3) ? GenerateOptions.defaults() : builder.build();
    }

    @Operation(weight = 24, mayThrow = NoSuchElementException.class)
    static void read(Player p) {
        Answer answer = any(p);
        int pieces = p.arg("pieces", p.below(6));
        boolean blindly = p.arg("blindly", p.chance(10));
        var iterator = answer.pieces();
        for (int i = 0; i < pieces && (blindly || iterator.hasNext()); i++) {
            Values.readAll(iterator.next());
        }
    }

    @Operation(weight = 2)
    static void iterateAnew(Player p) {
        Values.readAll(any(p).generation().iterator());
    }

    @Operation(weight = 8)
    static void result(Player p) {
        GenerationResult result = any(p).generation().result();
        Values.readAll(result, result.promptTokensPerSecond(), result.tokensPerSecond());
    }

    @Operation(weight = 4)
    static void resultMeanwhileCancelled(Player p) {
        Generation generation = any(p).generation();
        if (p.chance(50)) {
            p.meanwhile(generation::cancel);
        } else {
            p.meanwhile(generation::close);
        }
        Values.readAll(generation.result());
    }

    /** Reads a few pieces and leaves. */
    @Operation(weight = 8)
    static void readAndLeave(Player p) {
        Context context = Contexts.any(p);
        int pieces = p.arg("pieces", p.below(4));
        try (Generation generation = context.generate(p.arg("prompt", p.text()), options(p, context))) {
            for (String piece : generation) {
                Values.readAll(piece);
                if (pieces-- == 0) {
                    break;
                }
            }
        }
    }

    @Operation(weight = 4)
    static void cancel(Player p) {
        any(p).generation().cancel();
    }

    @Operation(weight = 6)
    static void close(Player p) {
        Answer answer = any(p);
        answer.generation().close();
        p.closed(answer);
    }
}
