package io.github.llamaffm.cli;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.Placement;
import io.github.llamaffm.RuntimeReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the report of the library, runs a model, and says whether a GPU computes it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Tells what can compute and what cannot, with the reasons; tries libraries in a process of their own first, runs a model, "
                + "and says whether a GPU is used.")
final class DoctorCommand implements Callable<Integer> {

    private static final int TOKENS = 8;

    /** Small: it is to run wherever the model does. */
    private static final int CONTEXT = 512;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments arguments;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        // Who asks why nothing runs must not lose the answer with the process.
        System.setProperty("llamaffm.probe", "true");
        RuntimeReport report = LlamaRuntime.instance().report();
        // What follows may fail: then this is what the reader needs.
        Output.print(out, report + System.lineSeparator());
        return Interrupt.during(spec, interrupt -> {
            ContextOptions options = arguments.contextOptions(CONTEXT);
            try (Model model = arguments.load(interrupt, Aside.of(err)); Context context = model.newContext(options)) {
                if (!generates(context, interrupt)) {
                    return Interrupt.report(err);
                }
                out.println("model: runs, " + model.info().description());
                out.println("GPU: " + verdict(report, model.placement()));
                return 0;
            }
        });
    }

    private static boolean generates(Context context, Interrupt interrupt) {
        GenerateOptions options = GenerateOptions.builder().maxTokens(TOKENS).cancellation(interrupt.cancellation()).build();
        try (Generation generation = context.generate("The capital of France is", options)) {
            generation.forEach(_ -> {});
            return generation.result().reason() != FinishReason.CANCELLED;
        }
    }

    /** From where the weights lie, not from what was asked for. */
    private static String verdict(RuntimeReport report, List<Placement> placement) {
        List<Placement> onGpus = placement.stream().filter(place -> place.device().isGpu() && place.bytes() > 0).toList();
        if (!onGpus.isEmpty()) {
            int all = placement.stream().mapToInt(Placement::layers).sum();
            return "used, " + onGpus.stream()
                    .map(place -> "%d of %d layers and %d MB on %s, %s".formatted(
                            place.layers(), all, place.bytes() / 1_000_000, place.device().name(), place.device().description()))
                    .collect(Collectors.joining("; "));
        }
        String why = report.whyNoGpu();
        return "not used, because " + (why.isEmpty() ? "no layer of this model was put there: see the options and the warnings" : why);
    }
}
