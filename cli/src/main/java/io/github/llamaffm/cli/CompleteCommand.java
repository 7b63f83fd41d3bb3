package io.github.llamaffm.cli;

import io.github.llamaffm.Context;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelInfo;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Continues a text: the text to stdout as it is made, what it took to stderr. */
@Command(
        name = "complete",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Continues a text. The continuation goes to stdout as it is made, a summary to stderr.",
        footer = {"", "After -- the prompt may begin with a dash."})
final class CompleteCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @Mixin
    private SamplingArguments sampling;

    private int maxTokens;

    @Parameters(paramLabel = "PROMPT", description = "The text to continue, one argument.")
    private String prompt;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Stop after this many tokens, at least 1. Default: ${DEFAULT-VALUE}.")
    private void maxTokens(int n) {
        UsageError.require(spec, n >= 1, "--max-tokens", n, "at least 1");
        maxTokens = n;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Aside aside = Aside.of(err);
        long start = System.nanoTime();
        return Interrupt.during(spec, interrupt -> {
            try (Model loaded = model.load(interrupt, aside);
                    Context context = loaded.newContext(model.contextOptions());
                    Generation generation = context.generate(prompt, generateOptions(loaded.info(), interrupt))) {
                Duration loading = Duration.ofNanos(System.nanoTime() - start);
                print(generation, out);
                err.println(Summary.of(loading, generation.result()));
                return generation.result().reason() == FinishReason.CANCELLED ? Interrupt.EXIT_CODE : 0;
            }
        });
    }

    private GenerateOptions generateOptions(ModelInfo info, Interrupt interrupt) {
        return GenerateOptions.builder()
                .maxTokens(maxTokens)
                .sampler(sampling.options(info))
                .cancellation(interrupt.cancellation())
                .build();
    }

    private static void print(Generation generation, PrintWriter out) {
        for (String piece : generation) {
            Output.print(out, piece);
        }
        out.println();
    }
}
