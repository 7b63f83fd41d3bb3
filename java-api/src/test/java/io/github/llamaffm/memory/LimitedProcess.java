package io.github.llamaffm.memory;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.InsufficientMemoryException;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.internal.HostMemory;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Takes as large a context as fits, and fills it. Prints what was available, what it took, and why more was refused. Argument: a
 * model.
 */
final class LimitedProcess {

    private LimitedProcess() {}

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        System.out.println("available=" + HostMemory.now().available(Long.MAX_VALUE, 0));
        MemoryPlan plan = MemoryPlan.of(ModelSource.path(file), ModelOptions.defaults(), ContextOptions.defaults());
        System.out.println("plan=" + plan.contextSize() + " fits=" + plan.fits());
        try (Model model = Model.load(file)) {
            try (Context context = model.newContext(ContextOptions.builder().threads(1).build())) {
                System.out.println("context=" + context.size());
                try (Sequence sequence = context.newSequence()) {
                    sequence.append(IntStream.range(0, 128).toArray());
                    System.out.println("tokens=" + sequence.length());
                }
            }
            try {
                model.newContext(ContextOptions.builder().contextSize(65_536).build()).close();
            } catch (InsufficientMemoryException e) {
                System.out.println("refused=" + e.getMessage());
                System.out.println("needed=" + e.needed());
            }
        }
    }
}
