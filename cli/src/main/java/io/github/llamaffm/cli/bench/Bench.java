package io.github.llamaffm.cli.bench;

import io.github.llamaffm.CancelledException;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.ShutdownException;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;

/** Measures what a plan asks for. */
public final class Bench {

    private final Loader loader;
    private final Progress progress;

    /** Nothing is loaded yet. */
    public Bench(Loader loader, Progress progress) {
        this.loader = loader;
        this.progress = progress;
    }

    /**
     * Measures, and prints each result as soon as it is there.
     *
     * @throws CancelledException if a signal ended it
     * @throws ShutdownException likewise
     * @throws CancellationException likewise
     */
    public void run(BenchPlan plan, PrintWriter out) {
        Machine machine = Machine.of(LlamaRuntime.instance());
        boolean awaits = machine.computesElsewhere();
        switch (plan.tests()) {
            case BenchPlan.Tests.OfTokens tests -> new Runner<>(
                    loader,
                    new TokenProbe(awaits),
                    Printer.of(plan.format(), out, TokenLayout.of(machine, plan.shown())),
                    new Steps(progress, tests.all().size(), plan.repetitions())).run(tests.all());
            case BenchPlan.Tests.OfSequences tests -> new Runner<>(
                    loader,
                    new ParallelProbe(awaits),
                    Printer.of(plan.format(), out, ParallelLayout.of(machine, plan.shown())),
                    new Steps(progress, tests.all().size(), plan.repetitions())).run(tests.all());
        }
    }
}
