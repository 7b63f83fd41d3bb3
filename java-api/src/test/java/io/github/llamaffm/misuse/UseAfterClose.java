package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.Tokenizer;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Calls each method of what is closed, and closes it again. */
final class UseAfterClose {
    private static final ContextOptions SMALL = ContextOptions.builder().contextSize(256).threads(1).build();
    private static final GenerateOptions ONE = GenerateOptions.builder().maxTokens(1).build();

    private UseAfterClose() {
    }

    static void run(Path file) {
        Model model = Model.load(file);
        Context context = model.newContext(SMALL);
        Sampler sampler = model.newSampler(SamplerOptions.greedy());
        // Parents stay while a child is open, and say how many there are.
        assertThatIllegalStateException().isThrownBy(model::close)
                .withMessageContainingAll("1 context", "1 sampler");

        closedSequence(context);
        closedGeneration(context);
        closedContext(model, context, sampler);

        sampler.close();
        sampler.close();
        closed(() -> sampler.accept(1));
        closed(sampler::reset);
        closed(sampler::copy);

        Tokenizer tokenizer = model.tokenizer();
        model.close();
        model.close();
        closed(model::newContext);
        closed(() -> model.newContext(SMALL));
        closed(() -> model.newSampler(SamplerOptions.greedy()));
        closed(() -> tokenizer.encode("text"));
        closed(() -> tokenizer.decode(1, 2));
        closed(() -> tokenizer.piece(1));
    }

    private static void closedSequence(Context context) {
        Sequence sequence = context.newSequence();
        sequence.append("one two");
        sequence.close();
        sequence.close();
        closed(() -> sequence.append("three"));
        closed(() -> sequence.append(1));
        closed(() -> sequence.generate("three", ONE).result());
        closed(() -> sequence.truncate(1));
        closed(sequence::clear);
        closed(() -> context.newBatch().add(sequence, 1, true));
    }

    private static void closedGeneration(Context context) {
        Generation generation = context.generate("one two", ONE);
        generation.close();
        generation.close();
        closed(() -> generation.iterator().next());
    }

    private static void closedContext(Model model, Context context, Sampler sampler) {
        Sequence sequence = context.newSequence();
        Batch batch = context.newBatch();
        batch.add(sequence, 1, true);
        context.close();
        context.close();
        closed(context::newSequence);
        closed(context::newBatch);
        closed(() -> context.decode(batch));
        closed(() -> batch.add(sequence, 1, true));
        closed(() -> context.generate("text", ONE).result());
        closed(() -> context.generate(new int[] {1}, ONE).result());
        closed(() -> sequence.append("text"));
        closed(() -> sequence.append(1));
        closed(() -> sequence.generate("text", ONE).result());
        closed(() -> sequence.truncate(0));
        closed(() -> sampler.sample(context, 0));
        closed(() -> sampler.candidates(context, 0, 1));
        sequence.close();
        try (Context next = model.newContext(SMALL); Generation generation = next.generate("text", ONE)) {
            generation.result();
        }
    }

    private static void closed(ThrowingCallable call) {
        assertThatIllegalStateException().isThrownBy(call);
    }
}
