package io.github.llamaffm;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Plans, then does it, and prints both: the parts in bytes, and the growth of the memory that is really in use. Arguments: a
 * {@link PlanCase}, the folder of its files.
 */
final class PlannedProcess {

    private PlannedProcess() {}

    public static void main(String[] arguments) throws Throwable {
        PlanCase planCase = PlanCase.valueOf(arguments[0]);
        ModelSource source = planCase.source(Path.of(arguments[1]));
        // The JVM and the library take their own memory now.
        use(source, ContextOptions.builder().contextSize(256).batchSize(32).threads(1).build());
        MemoryPlan.of(source, ModelOptions.defaults(), planCase.options);

        System.out.println("peak.vocabulary=" + peak(() -> Model.load(source, ModelOptions.builder().vocabularyOnly(true).build()).close()));
        System.out.println("peak.plan=" + peak(() -> {
            MemoryPlan plan = MemoryPlan.of(source, ModelOptions.defaults(), planCase.options);
            System.out.println("plan=" + plan.parts().stream()
                    .map(part -> List.of(part.weights(), part.mappedWeights(), part.kvCache(), part.compute()).toString())
                    .collect(Collectors.joining()));
            System.out.println("plan.size=" + plan.contextSize());
            System.out.println("plan.total=" + plan.parts().getFirst().total());
        }));
        trim();

        long before = resident();
        System.out.println("growth=" + (use(source, planCase.options) - before));
    }

    /** Computes one full batch; returns the memory in use then. */
    private static long use(ModelSource source, ContextOptions options) throws IOException {
        try (Model model = Model.load(source); Context context = model.newContext(options); Batch batch = context.newBatch()) {
            List<Sequence> sequences = new ArrayList<>();
            while (sequences.size() < context.maxSequences()) {
                sequences.add(context.newSequence());
            }
            int each = context.batchSize() / sequences.size();
            for (Sequence sequence : sequences) {
                for (int i = 1; i <= each; i++) {
                    batch.add(sequence, (batch.size() * 7 + 1) % model.tokenizer().size(), i == each);
                }
            }
            context.decode(batch);
            MemoryUse real = MemoryMeter.of((NativeModel) model, (NativeContext) context);
            if (context.options().contextSize().getAsInt() != 256) {
                System.out.println("real=" + real.parts().stream()
                        .map(part -> List.of(part.weights(), part.mapped(), part.kvCache(), part.compute()).toString())
                        .collect(Collectors.joining()));
                System.out.println("real.size=" + context.size());
            }
            return resident();
        }
    }

    private interface Work {
        void run() throws Throwable;
    }

    /** The most memory that was in use beyond what was before. */
    private static long peak(Work work) throws Throwable {
        trim();
        long before = resident();
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        work.run();
        return status("VmHWM:") - before;
    }

    /** Anonymous and mapped pages that are in memory. */
    private static long resident() throws IOException {
        return status("RssAnon:") + status("RssFile:");
    }

    private static long status(String field) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst().orElseThrow();
        }
    }

    /** Gives back what the C library keeps of what was freed, which would be used again instead of new memory. */
    private static void trim() throws Throwable {
        Linker linker = Linker.nativeLinker();
        int ignored = (int) linker.downcallHandle(linker.defaultLookup().find("malloc_trim").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG)).invokeExact(0L);
    }
}
