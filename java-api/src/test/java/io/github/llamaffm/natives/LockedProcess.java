package io.github.llamaffm.natives;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaException;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.LoadMode;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.internal.CpuCount;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * What a program does first, on a host that may allow little: load the natives from a jar and answer from a model, with every
 * default. Prints what came of it, a line for each fact; an exception of the library is one too. Needs the library only, so
 * that {@code ci/locked-down} runs it with the jars that people use.
 *
 * <p>Arguments: the model, a file, or {@code jar} for the default one; optionally a load mode. With the property {@code
 * report=err} it prints to stderr.
 */
public final class LockedProcess {

    private static final String MODEL_JAR = "META-INF/llama-ffm/models/smollm2-135m.gguf";

    private LockedProcess() {}

    public static void main(String[] arguments) {
        PrintStream out = "err".equals(System.getProperty("report")) ? System.err : System.out;
        try {
            run(arguments, out);
        } catch (LlamaException e) {
            out.println("exception=" + e.getClass().getSimpleName());
            out.println(e.getMessage());
        }
    }

    private static void run(String[] arguments, PrintStream out) {
        long start = System.nanoTime();
        Path core = LlamaRuntime.instance().report().core();
        out.println("natives.ms=" + since(start));
        out.println("core=" + core);
        ModelSource source =
                arguments[0].equals("jar") ? ModelSource.resource(MODEL_JAR) : ModelSource.path(Path.of(arguments[0]));
        LoadMode mode = arguments.length > 1 ? LoadMode.valueOf(arguments[1]) : LoadMode.AUTO;
        try (Model model = Model.load(source, ModelOptions.builder().loadMode(mode).build());
                Context context = model.newContext(ContextOptions.defaults())) {
            out.println("context=" + context.size());
            out.println("threads=" + context.threads() + " for a prompt, " + CpuCount.ofThisProcess().tokens() + " for a token");
            try (Generation generation =
                    context.generate("The capital of France is", GenerateOptions.builder().maxTokens(8).sampler(SamplerOptions.greedy()).build())) {
                out.println("answer=" + String.join("", generation).strip());
            }
            out.println("all.ms=" + since(start));
        }
    }

    private static long since(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
