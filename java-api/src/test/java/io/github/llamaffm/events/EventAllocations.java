package io.github.llamaffm.events;

import com.sun.management.ThreadMXBean;
import io.github.llamaffm.Batch;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.Flight;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Prints what the thread's own counter says of each of some tokens, decoded and sampled: where nothing records, where something
 * does, and where nothing does any more. Arguments: a model, how many tokens each.
 */
final class EventAllocations {
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BEFORE = 2_000;

    private EventAllocations() {
    }

    public static void main(String[] arguments) {
        int tokens = Integer.parseInt(arguments[1]);
        try (Model model = Model.load(Path.of(arguments[0]));
                Context context = model.newContext(ContextOptions.builder().contextSize(8_192).threads(1).build());
                Sampler sampler = model.newSampler(SamplerOptions.greedy());
                Sequence sequence = context.newSequence();
                Batch batch = context.newBatch()) {
            decode(context, sampler, sequence, batch, BEFORE);
            print("off", decode(context, sampler, sequence, batch, tokens));
            long[] bytes = new long[1];
            Flight.record(Map.of(), List.of("Decode", "Sample"), () -> decode(context, sampler, sequence, batch, BEFORE));
            Flight flight = Flight.record(Map.of(), List.of("Decode", "Sample"),
                    () -> bytes[0] = decode(context, sampler, sequence, batch, tokens));
            print("on", bytes[0]);
            print("events", flight.events().size());
            decode(context, sampler, sequence, batch, 500);
            print("after", decode(context, sampler, sequence, batch, tokens));
        }
    }

    private static long decode(Context context, Sampler sampler, Sequence sequence, Batch batch, int tokens) {
        long start = THREAD.getCurrentThreadAllocatedBytes();
        int token = 300;
        for (int i = 0; i < tokens; i++) {
            batch.clear();
            int row = batch.add(sequence, token, true);
            context.decode(batch);
            token = sampler.sample(context, row);
        }
        return THREAD.getCurrentThreadAllocatedBytes() - start;
    }

    private static void print(String name, long value) {
        System.out.println(name + " " + value);
    }
}
