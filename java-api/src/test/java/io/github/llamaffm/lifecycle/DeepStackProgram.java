package io.github.llamaffm.lifecycle;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Recurses until the stack overflows, with a call of the library at each depth: one of those has little stack left. Then the same
 * call works where there is enough. Argument: a model.
 */
final class DeepStackProgram {
    private DeepStackProgram() {
    }

    private record Call(String name, Consumer<Context> code) {
    }

    private static final List<Call> CALLS = List.of(
            new Call("encode", context -> context.model().tokenizer().encode("Hello, word for word.")),
            new Call("decode", context -> context.model().tokenizer().decode(1, 2, 3)),
            new Call("generate", context -> context.generate(new int[] {1, 2, 3}, GenerateOptions.builder().maxTokens(2).build()).result()),
            new Call("append, save and restore", context -> {
                try (Sequence sequence = context.newSequence()) {
                    sequence.append(1, 2, 3);
                    sequence.restore(sequence.save());
                }
            }),
            new Call("sampler", context -> {
                try (Sampler sampler = context.model().newSampler(SamplerOptions.defaults())) {
                    sampler.accept(1);
                }
            }));

    public static void main(String[] arguments) {
        for (Call call : CALLS) {
            try (Model model = Model.load(Path.of(arguments[0]))) {
                ContextOptions options = ContextOptions.builder().contextSize(256).threads(1).maxSequences(2).build();
                Context context = model.newContext(options);
                call.code.accept(context);
                try {
                    descend(call, context);
                    throw new AssertionError("no stack overflow in " + call.name);
                } catch (StackOverflowError expected) {
                    // Thrown anywhere in our code or the JDK's: that context is not promised to work.
                }
                try (Context other = model.newContext(options)) {
                    call.code.accept(other);
                }
                model.shutdown(java.time.Duration.ofMinutes(1));
            }
        }
    }

    private static void descend(Call call, Context context) {
        // Only where little is left does it matter: a call at each depth from the start would take minutes.
        try {
            descend(call, context);
        } catch (StackOverflowError e) {
            // From here upwards each frame has a little more.
            call.code.accept(context);
            throw e;
        }
    }
}
