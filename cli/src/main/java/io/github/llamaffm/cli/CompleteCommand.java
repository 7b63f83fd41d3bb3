package io.github.llamaffm.cli;

import io.github.llamaffm.CancelledException;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.FinishReason;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.ShutdownException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    /** The model that comes with the command. */
    static final String DEFAULT_MODEL = "META-INF/llama-ffm/models/smollm2-135m.gguf";

    /** What a shell expects of a command that Ctrl-C ended: 128 and the number of SIGINT. */
    private static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "The model, a GGUF file; by default SmolLM2-135M-Instruct, which comes with the command.")
    private Path model;

    private int maxTokens;
    private double temperature;
    private Long seed;
    private Integer threads;

    @Parameters(paramLabel = "PROMPT", description = "The text to continue, one argument.")
    private String prompt;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Stop after this many tokens, at least 1. Default: ${DEFAULT-VALUE}.")
    private void maxTokens(int n) {
        require(n >= 1, "--max-tokens", n, "at least 1");
        maxTokens = n;
    }

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0.8",
            description = "0 always takes the most likely token. Default: ${DEFAULT-VALUE}.")
    private void temperature(double t) {
        require(t >= 0 && t <= Float.MAX_VALUE, "--temperature", t, "0 or more, and finite");
        temperature = t;
    }

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The same seed gives the same text. Default: a new one each time.")
    private void seed(long s) {
        require(s >= 0 && s < 0xFFFF_FFFFL, "--seed", s, "from 0 to 4294967294");
        seed = s;
    }

    @Option(names = "--threads", paramLabel = "N", description = "1 to 512. Default: as many as there are cores to use.")
    private void threads(int n) {
        require(n >= 1 && n <= 512, "--threads", n, "from 1 to 512");
        threads = n;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        long start = System.nanoTime();
        try (Interrupt interrupt = Interrupt.install()) {
            try (Model loaded = load(interrupt);
                    Context context = loaded.newContext(contextOptions());
                    Generation generation = context.generate(prompt, generateOptions(interrupt))) {
                Duration loading = Duration.ofNanos(System.nanoTime() - start);
                print(generation, out);
                err.println(Summary.of(loading, generation.result()));
                return generation.result().reason() == FinishReason.CANCELLED ? INTERRUPTED : 0;
            } catch (CancelledException | ShutdownException e) {
                err.println("llama-ffm: interrupted");
                return INTERRUPTED;
            } finally {
                // Before Interrupt.close(), which lets the process end.
                out.flush();
                err.flush();
            }
        }
    }

    private Model load(Interrupt interrupt) {
        ModelSource source = model == null ? ModelSource.resource(DEFAULT_MODEL) : ModelSource.path(model);
        return Model.load(source, ModelOptions.builder().cancellation(interrupt.cancellation()).build());
    }

    private ContextOptions contextOptions() {
        ContextOptions.Builder options = ContextOptions.builder();
        if (threads != null) {
            options.threads(threads);
        }
        return options.build();
    }

    private GenerateOptions generateOptions(Interrupt interrupt) {
        return GenerateOptions.builder()
                .maxTokens(maxTokens)
                .sampler(samplerOptions())
                .cancellation(interrupt.cancellation())
                .build();
    }

    private SamplerOptions samplerOptions() {
        if (temperature == 0) {
            return SamplerOptions.greedy();
        }
        SamplerOptions.Builder options = SamplerOptions.builder().temperature((float) temperature);
        if (seed != null) {
            options.seed(seed.intValue());
        }
        return options.build();
    }

    private static void print(Generation generation, PrintWriter out) {
        for (String piece : generation) {
            out.print(piece);
            // Flushes too. A reader that has gone (such as head) needs no more tokens.
            if (out.checkError()) {
                throw CommandException.cannotWrite();
            }
        }
        out.println();
    }

    private void require(boolean valid, String option, Object value, String rule) {
        if (!valid) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '" + option + "': " + value + " is not " + rule);
        }
    }
}
