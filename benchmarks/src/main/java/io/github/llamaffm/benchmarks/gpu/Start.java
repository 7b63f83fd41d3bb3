package io.github.llamaffm.benchmarks.gpu;

import io.github.llamaffm.Context;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;

/** How long it takes until the first token, in a process that has done nothing before. */
final class Start {

    private Start() {}

    static void run(Setup setup, Findings findings) {
        long start = System.nanoTime();
        LlamaRuntime.instance();
        long core = System.nanoTime();
        setup.devices();
        long devices = System.nanoTime();
        try (Model model = Model.load(setup.model(), setup.onGpu())) {
            long loaded = System.nanoTime();
            try (Context context = model.newContext()) {
                long opened = System.nanoTime();
                try (Generation generation = context.generate(Computed.TEXT, Computed.greedy(2).build())) {
                    generation.iterator().next();
                    long first = System.nanoTime();
                    findings.show("core library and CPU module", "%.1f ms", milliseconds(start, core));
                    findings.show("GPU module and its devices", "%.1f ms", milliseconds(core, devices));
                    findings.show("load of the model", "%.1f ms", milliseconds(devices, loaded));
                    findings.show("context", "%.1f ms", milliseconds(loaded, opened));
                    findings.show("first token", "%.1f ms", milliseconds(opened, first));
                }
            }
            try (Context context = model.newContext()) {
                long opened = System.nanoTime();
                try (Generation generation = context.generate(Computed.TEXT, Computed.greedy(2).build())) {
                    generation.iterator().next();
                    findings.show("first token of a second context", "%.1f ms", milliseconds(opened, System.nanoTime()));
                }
            }
        }
    }

    private static double milliseconds(long from, long to) {
        return (to - from) / 1e6;
    }
}
