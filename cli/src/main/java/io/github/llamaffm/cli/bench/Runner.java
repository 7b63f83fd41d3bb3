package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Context;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import java.util.List;

/** Runs tests one after the other, each in a context of its own; those of one model share it. */
final class Runner<C extends Case, R> {

    private final Loader loader;
    private final Probe<C, R> probe;
    private final Printer<R> printer;
    private final Steps steps;

    Runner(Loader loader, Probe<C, R> probe, Printer<R> printer, Steps steps) {
        this.loader = loader;
        this.probe = probe;
        this.printer = printer;
        this.steps = steps;
    }

    void run(List<C> tests) {
        printer.begin();
        printer.flush();
        int next = 0;
        while (next < tests.size()) {
            next = runWithOneModel(tests, next);
        }
        printer.end();
    }

    /** @return the first test with another model */
    private int runWithOneModel(List<C> tests, int first) {
        Setting setting = tests.get(first).setting();
        try (Model model = load(setting)) {
            int next = first;
            while (next < tests.size() && tests.get(next).setting().sharesModel(setting)) {
                run(tests.get(next++), model);
            }
            return next;
        }
    }

    private Model load(Setting setting) {
        ModelOptions.Builder options = ModelOptions.builder();
        if (setting.gpuLayers() >= 0) {
            options.gpuLayers(setting.gpuLayers());
        }
        return loader.load(setting.model(), options);
    }

    private void run(C test, Model model) {
        steps.nextTest(test.name());
        try (Context context = model.newContext(test.contextOptions())) {
            R result = probe.measure(test, context, steps);
            steps.pause();
            printer.print(result);
            printer.flush();
        }
    }
}
