package io.github.llamaffm.benchmarks.calls;

import java.nio.file.Path;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks. */
final class CallsInJava {

    private static final String BYTES = "gc.alloc.rate.norm";

    private CallsInJava() {}

    /** @param bytes of the Java heap */
    record Measured(double nanos, double bytes) {}

    /** @param natives their folder; not used where the benchmark runs in this JVM */
    static Measured run(Call call, Path natives, Path model, Effort effort) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + CallsInJava.class.getPackageName() + "\\.\\w+\\." + call.id + "$")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .jvmArgs("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                        "-Dllamaffm.library.path=" + natives, Opened.jvmArgument(model));
        effort.applyTo(options);
        try {
            RunResult result = new Runner(options.build()).runSingle();
            return new Measured(median(result.getPrimaryResult()), median(result.getSecondaryResults().get(BYTES)));
        } catch (RunnerException e) {
            throw new IllegalStateException("the benchmark %s failed over %s".formatted(call.id, natives), e);
        }
    }

    private static double median(Result<?> result) {
        return result.getStatistics().getPercentile(50);
    }
}
