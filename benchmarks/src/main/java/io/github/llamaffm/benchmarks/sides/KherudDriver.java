package io.github.llamaffm.benchmarks.sides;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;

/** de.kherud:llama, over JNI. */
public final class KherudDriver {

    private KherudDriver() {}

    /** {@code binding MODEL THREADS N FILE}. */
    public static void main(String[] args) {
        Job job = Job.parse(args);
        ModelParameters parameters = new ModelParameters().setModel(job.model().toString()).setCtxSize(2048).setThreads(job.threads())
                .setThreadsBatch(job.threads());
        long start = System.nanoTime();
        try (LlamaModel model = new LlamaModel(parameters)) {
            Result.print("load", System.nanoTime() - start);
            BindingRun.run(job, (tokens, greedy, each) -> {
                InferenceParameters inference = new InferenceParameters(job.text()).setNPredict(tokens).setIgnoreEos(true)
                        .setCachePrompt(false).setSeed(1);
                if (greedy) {
                    inference.setTemperature(0);
                }
                for (LlamaOutput _ : model.generate(inference)) {
                    each.run();
                }
            });
        }
        Result.print("peak", Result.peak());
        System.out.flush();
        // Its threads go on after close(), and the process with them.
        Runtime.getRuntime().halt(0);
    }
}
