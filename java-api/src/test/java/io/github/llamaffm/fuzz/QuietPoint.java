package io.github.llamaffm.fuzz;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** No player plays: everything can be closed, answers are right, and what is held is measured. */
final class QuietPoint {

    private static final GenerateOptions GREEDY = GenerateOptions.builder().maxTokens(24).sampler(SamplerOptions.greedy()).build();
    private static final ContextOptions SMALL = ContextOptions.builder().contextSize(128).threads(2).build();

    private QuietPoint() {}

    /**
     * Closes everything but the reference, in a random order: what is still used has its turn again. One model of four is shut down.
     *
     * @throws AssertionError if something cannot be closed
     */
    static void closeAll(Run run, Random random) {
        List<World.Handle> open = run.world().takeAll(random);
        while (!open.isEmpty()) {
            List<World.Handle> left = open.stream().filter(handle -> !isClosed(handle, random)).toList();
            if (left.size() == open.size()) {
                throw new AssertionError("cannot be closed: " + left);
            }
            open = left;
        }
    }

    private static boolean isClosed(World.Handle handle, Random random) {
        try {
            if (handle.value() instanceof Model model && random.nextInt(4) == 0) {
                model.shutdown(Duration.ofMinutes(2));
            } else {
                handle.close();
            }
        } catch (IllegalStateException inUse) {
            return false;
        }
        return true;
    }

    /** What a fresh context answers: of the model that survives, and of one that is loaded anew. */
    static String answers(Run run) {
        try (Model anew = Model.load(run.inputs().reference())) {
            return answer(run.reference()) + "\n" + answer(anew);
        }
    }

    private static String answer(Model model) {
        try (Context context = model.newContext(SMALL); Generation generation = context.generate("The capital of France is", GREEDY)) {
            return generation.result().text();
        }
    }

    static NativeMemory measure() {
        // What the heap holds may hold native memory, until it is collected.
        System.gc();
        return NativeMemory.now();
    }
}
