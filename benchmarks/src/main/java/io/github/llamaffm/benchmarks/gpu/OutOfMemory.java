package io.github.llamaffm.benchmarks.gpu;

import static io.github.llamaffm.benchmarks.gpu.Finding.mebibytes;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.InsufficientMemoryException;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelLoadException;
import io.github.llamaffm.ModelSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What does not fit is an exception, before or after the device is asked, and all else goes on. */
final class OutOfMemory {

    private static final int TOKENS = 32;
    private static final int MODELS = 8;
    private static final long PIECES = 32 << 20;

    private OutOfMemory() {}

    static void run(Setup setup, Findings findings) {
        try (Model model = Model.load(setup.model(), setup.onGpu())) {
            int[] expected = generate(model, 512);
            int tooLarge = tooLarge(setup, model);
            tooLargeIsRefused(findings, model, tooLarge);
            findings.part("afterwards", () -> goesOn(findings, model, expected, "a smaller context afterwards"));
            if (!setup.ownMemory()) {
                findings.notJudged("a full device", "this device shares its memory");
                return;
            }
            long before = setup.gpu().memoryFree();
            findings.part("a full device", () -> full(setup, findings, model, tooLarge));
            long after = setup.gpu().memoryFree();
            findings.judge(Math.abs(before - after) <= PIECES, "free memory before and after that", "%s and %s", mebibytes(before), mebibytes(after));
            findings.part("afterwards", () -> goesOn(findings, model, expected, "a smaller context after that"));
        }
    }

    /** Tokens whose cache alone takes twice the memory of the device. */
    private static int tooLarge(Setup setup, Model model) {
        try (Context context = model.newContext(ContextOptions.builder().contextSize(512).build())) {
            long each = context.kvCache().bytes() / context.size();
            return (int) Math.min(Integer.MAX_VALUE / 2, 2 * setup.gpu().memoryTotal() / each);
        }
    }

    private static void tooLargeIsRefused(Findings findings, Model model, int tokens) {
        String what = "a cache larger than the device";
        try (Context context = model.newContext(ContextOptions.builder().contextSize(tokens).build())) {
            findings.judge(false, what, "a context of %,d tokens was made", context.size());
        } catch (InsufficientMemoryException e) {
            findings.judge(e.needed() > e.available() && e.available() > 0, what, "%s", e.getMessage());
        }
    }

    private static int[] generate(Model model, int size) {
        try (Context context = model.newContext(ContextOptions.builder().contextSize(size).build())) {
            return Computed.greedy(context, TOKENS);
        }
    }

    private static void goesOn(Findings findings, Model model, int[] expected, String what) {
        int[] again = generate(model, 512);
        findings.judge(Arrays.equals(expected, again), what, "%s", Functions.same(expected, again));
    }

    /** Nearly all memory is taken, and then more is asked for than there is. */
    private static void full(Setup setup, Findings findings, Model model, int tooLarge) {
        ContextOptions wanted = ContextOptions.builder().contextSize(tooLarge).batchSize(64).ubatchSize(64).build();
        int largest = MemoryPlan.of(ModelSource.path(setup.model()), setup.onGpu(), wanted).largestContext().orElseThrow();
        List<Model> models = new ArrayList<>();
        try (Context context = open(findings, model, wanted, largest)) {
            findings.show("a context that takes nearly all", "%,d tokens, %s left", context.size(), mebibytes(setup.gpu().memoryFree()));
            Optional<LlamaException> failure = Optional.empty();
            while (failure.isEmpty() && models.size() < MODELS) {
                try {
                    models.add(Model.load(setup.model(), setup.onGpu()));
                } catch (LlamaException e) {
                    failure = Optional.of(e);
                }
            }
            findings.judge(failure.isPresent() && failure.get() instanceof ModelLoadException
                    && failure.get().getMessage().contains("out of memory"), "models are loaded until the device is full", "after %d: %s",
                    models.size(), failure.map(Object::toString).orElse("no exception"));
            computeWithoutMemory(setup, findings, context);
        } finally {
            models.forEach(Model::close);
        }
    }

    private static Context open(Findings findings, Model model, ContextOptions wanted, int largest) {
        for (int size = largest;; size -= size / 20) {
            try {
                return model.newContext(wanted.toBuilder().contextSize(size).build());
            } catch (LlamaException e) {
                findings.show("a context of " + size + " tokens", "%s", e);
                if (size < largest / 2) {
                    throw e;
                }
            }
        }
    }

    /** What computing takes beside its buffers may be missing now: in a native call, on this thread. */
    private static void computeWithoutMemory(Setup setup, Findings findings, Context context) {
        String what = "computing with " + mebibytes(setup.gpu().memoryFree()) + " left";
        try {
            findings.show(what, "%d tokens, and no exception", Computed.greedy(context, TOKENS).length);
        } catch (LlamaException e) {
            findings.judge(true, what, "%s; the process lives", e);
        }
    }
}
