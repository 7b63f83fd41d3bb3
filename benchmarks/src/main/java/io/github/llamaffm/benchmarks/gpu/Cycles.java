package io.github.llamaffm.benchmarks.gpu;

import static io.github.llamaffm.benchmarks.gpu.Finding.mebibytes;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads, computes and closes again and again. */
final class Cycles {

    private Cycles() {}

    static void run(Setup setup, Findings findings) throws IOException {
        // What a device keeps for the whole process from its first use on.
        cycle(setup);
        cycle(setup);
        long before = setup.gpu().memoryFree();
        long resident = resident();
        long taken = 0;
        long start = System.nanoTime();
        for (int i = 0; i < setup.cycles(); i++) {
            taken = Math.max(taken, before - cycle(setup));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long after = setup.gpu().memoryFree();
        String figures = Finding.text("%s before, %s after; open it takes %s; %.2f s each", mebibytes(before), mebibytes(after), mebibytes(taken),
                seconds / setup.cycles());
        String what = "free memory of the device, " + setup.cycles() + " times loaded and closed";
        if (setup.ownMemory()) {
            findings.judge(taken > 0 && Math.abs(before - after) <= taken / 100, what, "%s", figures);
        } else {
            findings.notJudged(what, "%s; this device shares its memory", figures);
        }
        findings.show("resident memory of the process", "%s before, %s after", mebibytes(resident), mebibytes(resident()));
    }

    /** What is free in the middle of it. */
    private static long cycle(Setup setup) {
        try (Model model = Model.load(setup.model(), setup.onGpu());
                Context context = model.newContext(ContextOptions.builder().contextSize(512).build())) {
            Computed.greedy(context, 4);
            return setup.gpu().memoryFree();
        }
    }

    private static long resident() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst().orElse(0);
        }
    }
}
