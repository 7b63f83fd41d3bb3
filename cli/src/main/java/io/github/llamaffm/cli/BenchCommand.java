package io.github.llamaffm.cli;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.cli.bench.Bench;
import io.github.llamaffm.cli.bench.BenchOptions;
import io.github.llamaffm.cli.bench.BenchPlan;
import io.github.llamaffm.cli.bench.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures how fast a model is: results to stdout, progress to stderr. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Measures tokens per second, as llama.cpp's llama-bench does; with -npl as llama-batched-bench.",
        footer = {"", "A LIST is 512 or 1-4 or 64-512+64 or 1-16*2, or several of these with commas between them; an option may be given"
            + " several times. Each combination is a test."})
final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Aside aside = Aside.of(err);
        BenchPlan plan = options.plan(ModelArguments.DEFAULT_MODEL);
        return Interrupt.during(spec, interrupt -> {
            try {
                new Bench((name, model) -> load(name, model, interrupt, aside), progress(err, aside)).run(plan, out);
                return 0;
            } finally {
                aside.end();
            }
        });
    }

    private Progress progress(PrintWriter err, Aside aside) {
        return new Progress() {
            @Override
            public void step(String benchmark, String what, double fraction) {
                if (options.progress()) {
                    err.println("llama-ffm: " + benchmark + ": " + what);
                    err.flush();
                } else {
                    aside.progress(benchmark + ", " + what + ":", fraction);
                }
            }

            @Override
            public void pause() {
                aside.end();
            }
        };
    }

    private static Model load(String name, ModelOptions.Builder options, Interrupt interrupt, Aside aside) {
        ModelSource source = name.equals(ModelArguments.DEFAULT_MODEL)
                ? ModelSource.resource(name)
                : ModelSource.path(Path.of(name));
        try {
            return Model.load(source, options
                    .progress(part -> aside.progress("loading the model:", part))
                    .cancellation(interrupt.cancellation())
                    .build());
        } finally {
            aside.end();
        }
    }
}
