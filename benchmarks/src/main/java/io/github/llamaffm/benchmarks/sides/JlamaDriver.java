package io.github.llamaffm.benchmarks.sides;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.Config;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.prompt.PromptContext;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/** Jlama, which computes in Java, with the Vector API. */
public final class JlamaDriver {

    private static final float TEMPERATURE = 0.8f;

    private final AbstractModel model;
    private final PromptContext prompt;
    private String said = "";

    private JlamaDriver(AbstractModel model, String prompt) {
        this.model = model;
        this.prompt = PromptContext.of(prompt);
    }

    /** {@code binding FOLDER THREADS N FILE}; prints what it said greedily too, behind the results. */
    public static void main(String[] args) {
        Job job = Job.parse(args);
        long start = System.nanoTime();
        try (AbstractModel model = load(job)) {
            long time = System.nanoTime() - start;
            requireAllRows(model.getConfig(), job.threads());
            JlamaDriver driver = new JlamaDriver(model, job.text());
            Result.print("load", time);
            BindingRun.run(job, driver::generate);
            Result.print("peak", Result.peak());
            System.out.println(driver.said);
        }
    }

    /** As its command does without options: what is computed is in 32-bit floats, or in 8 bits where it can. */
    private static AbstractModel load(Job job) {
        return ModelSupport.loadModel(job.model().toFile(), null, DType.F32, DType.I8, Optional.empty(), Optional.of(job.threads()));
    }

    /** It shares rows out among threads, and leaves out those that remain where they are as many as the share of one. */
    private static void requireAllRows(Config config, int threads) {
        IntStream.of(config.kvLength, config.embeddingLength, config.hiddenLength, config.vocabularySize).forEach(rows -> {
            int remain = rows % threads;
            if (remain > 0 && remain >= rows / threads) {
                throw new IllegalStateException("Jlama computes not all of %d rows with %d threads".formatted(rows, threads));
            }
        });
    }

    private void generate(int tokens, boolean greedy, Runnable each) {
        // Its limit counts the prompt too. A new session each time: else it goes on behind what is there.
        int limit = model.encodePrompt(prompt).length + tokens - 1;
        String text = model.generate(UUID.randomUUID(), prompt, greedy ? 0 : TEMPERATURE, limit, (_, _) -> each.run()).responseText;
        said = greedy ? text : said;
    }
}
