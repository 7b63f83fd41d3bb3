package io.github.llamaffm.leaks;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.Model;
import io.github.llamaffm.NoKvSpaceException;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.SamplingException;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.StateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is done with a context. */
final class TextRounds {

    private TextRounds() {}

    /** A round in one context. */
    private interface InContext {
        void run(Context context, int number) throws Exception;
    }

    private static Round in(Fixture fixture, ContextOptions options, InContext work) {
        Model model = Model.load(fixture.model());
        Context context = model.newContext(options);
        return new Round() {
            @Override
            public void run(int number) throws Exception {
                work.run(context, number);
            }

            @Override
            public void close() {
                context.close();
                model.close();
            }
        };
    }

    /** Most are closed after a piece or two, some are left to what is done next, cancelled, or ended by a limit. */
    static Round generation(Fixture fixture) {
        Cancellation lasting = Cancellation.create();
        Grammar grammar = Grammar.of("root ::= [a-z ]+");
        List<GenerateOptions> options = List.of(
                ContextRounds.greedy(32),
                GenerateOptions.builder().cancellation(lasting).stop("never", "ever").build(),
                GenerateOptions.builder().grammar(grammar).maxTokens(32).build(),
                GenerateOptions.builder().timeLimit(Duration.ofSeconds(60)).build());
        return in(fixture, ContextRounds.small().maxSequences(2).build(), (context, number) -> {
            Generation generation = fixture.watch(context.generate("Once upon", options.get(number % options.size())));
            switch (number / options.size() % 5) {
                case 0 -> {
                    // Left before its start.
                }
                case 1 -> generation.cancel();
                default -> generation.iterator().next();
            }
            if (number % 7 != 0) {
                generation.close();
            }
        });
    }

    static Round sequence(Fixture fixture) {
        return in(fixture, ContextRounds.small().maxSequences(4).build(), (context, number) -> {
            try (Sequence sequence = fixture.watch(context.newSequence())) {
                sequence.append(1, 2, 3, 4, 5, 6, 7, 8);
                try (Sequence fork = fixture.watch(sequence.fork())) {
                    fork.append(9);
                    fork.truncate(4);
                }
                sequence.discard(2, 4);
                sequence.append(10);
                sequence.clear();
            }
        });
    }

    static Round state(Fixture fixture) {
        Path file = fixture.folder().resolve("state");
        return in(fixture, ContextRounds.small().maxSequences(4).build(), (context, number) -> {
            try (Sequence sequence = context.newSequence(); Sequence other = context.newSequence()) {
                sequence.append(1, 2, 3, 4);
                byte[] saved = sequence.save();
                other.restore(saved);
                saved[saved.length / 2] ^= 1;
                Fixture.fails(StateException.class, () -> other.restore(saved));
                if (number % 10 == 0) {
                    sequence.save(file);
                    other.restore(file);
                    Files.delete(file);
                }
            }
            try (Sequence sequence = context.newSequence()) {
                sequence.append(1, 2);
                byte[] all = context.saveState();
                sequence.close();
                context.loadState(all).forEach(Sequence::close);
            }
        });
    }

    static Round batch(Fixture fixture) {
        return in(fixture, ContextRounds.small().build(), (context, number) -> {
            try (Sequence sequence = context.newSequence(); Batch batch = fixture.watch(context.newBatch())) {
                batch.add(sequence, 1, false);
                batch.add(sequence, 2, true);
                context.decode(batch);
                fixture.watch(context.logits(1)).argMax();
            }
        });
    }

    /** Full caches, chains that leave nothing, and time that runs out in a decode. */
    static Round failure(Fixture fixture) {
        int[] tooLong = IntStream.range(0, 300).map(_ -> 3).toArray();
        int[] prompt = IntStream.range(0, 200).map(_ -> 3).toArray();
        return in(fixture, ContextRounds.small().build(), (context, number) -> {
            Map<Integer, Float> all = IntStream.range(0, context.model().tokenizer().size()).boxed()
                    .collect(Collectors.toMap(token -> token, _ -> Float.NEGATIVE_INFINITY));
            SamplerOptions nothing = SamplerOptions.of(new SamplerSpec.LogitBias(all), new SamplerSpec.Greedy());
            try (Sequence sequence = context.newSequence()) {
                Fixture.fails(NoKvSpaceException.class, () -> sequence.append(tooLong));
                sequence.append(1, 2);
                GenerateOptions options = GenerateOptions.builder().sampler(nothing).build();
                try (Generation generation = sequence.generate("", options)) {
                    Fixture.fails(SamplingException.class, () -> generation.iterator().next());
                }
            }
            GenerateOptions late = GenerateOptions.builder().timeLimit(Duration.ofNanos(100_000 + number % 64 * 10_000)).build();
            try (Generation generation = context.generate(prompt, late)) {
                generation.iterator().hasNext();
            }
        });
    }

    static Round text(Fixture fixture) {
        // Long enough for a thread with a large stack.
        String text = "Once upon a time. ".repeat(200);
        Model model = Model.load(fixture.model());
        return new Round() {
            @Override
            public void run(int number) {
                int[] tokens = model.tokenizer().encode(text, true, true);
                model.tokenizer().decode(tokens);
                model.tokenizer().piece(tokens[number % tokens.length]);
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }
}
