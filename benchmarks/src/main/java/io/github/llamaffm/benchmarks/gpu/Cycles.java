package io.github.llamaffm.benchmarks.gpu;

import static io.github.llamaffm.benchmarks.gpu.Finding.mebibytes;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.benchmarks.sides.Estimate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Loads, computes and closes again and again. */
final class Cycles {

    /** Of the last so many cycles: by then the process has what it keeps. */
    private static final int LAST = 30;

    private static final int WINDOW = 5;

    /** Kibibytes per cycle: the pieces that an allocator cannot use again are fewer, a model or context left open is far more. */
    private static final double LEAK = 100;

    private Cycles() {}

    static void run(Setup setup, Findings findings) throws IOException {
        // What a device keeps for the whole process from its first use on.
        cycle(setup);
        cycle(setup);
        long before = setup.gpu().memoryFree();
        double[] resident = new double[setup.cycles()];
        long residentBefore = resident();
        long taken = 0;
        for (int i = 0; i < setup.cycles(); i++) {
            taken = Math.max(taken, before - cycle(setup));
            resident[i] = resident() / 1024.0;
        }
        long after = setup.gpu().memoryFree();
        String figures = Finding.text("%s before, %s after; open it takes %s", mebibytes(before), mebibytes(after), mebibytes(taken));
        String what = "free memory of the device, " + setup.cycles() + " times loaded and closed";
        if (setup.ownMemory()) {
            findings.judge(taken > 0 && Math.abs(before - after) <= taken / 100, what, "%s", figures);
        } else {
            findings.notJudged(what, "%s; this device shares its memory", figures);
        }
        host(findings, residentBefore, Arrays.copyOfRange(resident, Math.max(0, resident.length - 1 - LAST), resident.length));
    }

    /** @param resident kibibytes after each of the last cycles */
    private static void host(Findings findings, long before, double... resident) {
        String what = "resident memory of the process";
        if (resident.length <= WINDOW) {
            findings.notJudged(what, "%s before; too few cycles", mebibytes(before));
            return;
        }
        Estimate slope = Estimate.of(slopes(resident));
        String figures = Finding.text("%s before, %s after; %.1f KiB per cycle%s over the last %d", mebibytes(before),
                mebibytes((long) resident[resident.length - 1] * 1024), slope.median(),
                slope.interval().map(interval -> Finding.text(" (%.1f to %.1f)", interval.low(), interval.high())).orElse(""), resident.length - 1);
        slope.interval().ifPresentOrElse(interval -> findings.judge(slope.median() < LEAK, what, "%s", figures),
                () -> findings.notJudged(what, "%s; too few cycles", figures));
    }

    /** Of each window of cycles, from the last one back. A leak is in all of them, a heap of malloc that grows once is in one. */
    static double[] slopes(double... values) {
        int last = values.length - 1;
        return IntStream.range(0, last / WINDOW)
                .mapToDouble(i -> (values[last - i * WINDOW] - values[last - (i + 1) * WINDOW]) / WINDOW).toArray();
    }

    /** What is free in the middle of it. */
    private static long cycle(Setup setup) {
        try (Model model = Model.load(setup.model(), setup.onGpu());
                Context context = model.newContext(ContextOptions.builder().contextSize(512).build())) {
            Computed.greedy(context, 4);
            return setup.gpu().memoryFree();
        }
    }

    /** After a collection: a heap that has not been full yet takes pages that it has not touched. */
    private static long resident() throws IOException {
        System.gc();
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst().orElse(0);
        }
    }
}
