package io.github.llamaffm.benchmarks.sides;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.GenerationResult;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** llama-ffm: what {@code timings.c} does, and the generation of llama-completion. */
public final class OurDriver {

    private static final int CONTEXT = 2048;

    /** Generations in which the JVM compiles what the others run through. */
    private static final int WARM_UP = 4;

    private OurDriver() {}

    /** {@code COMMAND MODEL THREADS N FILE}. */
    public static void main(String[] args) {
        Job job = Job.parse(args);
        LlamaRuntime.instance().devices();
        switch (job.command()) {
            case "load" -> load(job);
            case "first" -> first(job);
            case "greedy", "sampled" -> generate(job, WARM_UP);
            case "once" -> generate(job, 0);
            case "tokenize" -> tokenize(job);
            case "embed" -> embed(job);
            case "state" -> state(job);
            case "peak" -> peak(job);
            case "binding" -> binding(job);
            default -> throw new IllegalArgumentException("unknown command " + job.command());
        }
    }

    /** Models stay open: none lies where an earlier one has lain. */
    private static void load(Job job) {
        List<Model> models = new ArrayList<>();
        job.median("load", () -> models.add(Model.load(job.model())));
        models.forEach(Model::close);
    }

    private static void first(Job job) {
        try (Model model = Model.load(job.model()); Context context = model.newContext(options(job))) {
            job.median("first", () -> {
                try (Generation generation = context.generate(job.text(), limit(1))) {
                    generation.result();
                }
            });
        }
    }

    /** Behind so many others. */
    private static void generate(Job job, int others) {
        try (Model model = Model.load(job.model()); Context context = model.newContext(options(job))) {
            context.warmUp();
            for (int i = 0; i < others; i++) {
                generate(context, job);
            }
            double[] cpu = new double[1];
            GenerationResult result = generate(context, job, () -> cpu[0] = Result.cpu("self"));
            Result.print(job.command(), perToken(result), (Result.cpu("self") - cpu[0]) / (result.tokens().length - 1));
        }
    }

    /** What each binding is asked for. */
    private static void binding(Job job) {
        long start = System.nanoTime();
        try (Model model = Model.load(job.model()); Context context = model.newContext(options(job))) {
            Result.print("load", System.nanoTime() - start);
            first(context, job);
            for (String kind : new String[] {"greedy", "sampled"}) {
                Job generation = new Job(kind, job.model(), job.threads(), job.n(), job.text());
                Result.print(kind, perToken(generate(context, generation)));
            }
            Result.print("peak", Result.peak());
        }
    }

    /** The second time: the first one warms up. */
    private static void first(Context context, Job job) {
        for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            try (Generation generation = context.generate(job.text(), limit(1))) {
                generation.result();
            }
            if (i == 1) {
                Result.print("first", System.nanoTime() - start);
            }
        }
    }

    private static GenerationResult generate(Context context, Job job) {
        return generate(context, job, () -> {});
    }

    /** @param first is run behind the first token */
    private static GenerationResult generate(Context context, Job job, Runnable first) {
        SamplerOptions.Builder sampler = SamplerOptions.builder().noEnd(true).seed(1);
        if (!job.command().equals("sampled")) {
            sampler.temperature(0);
        }
        GenerateOptions options = GenerateOptions.builder().maxTokens(job.n()).sampler(sampler.build()).build();
        try (Generation generation = context.generate(job.text(), options)) {
            Iterator<String> pieces = generation.iterator();
            pieces.next();
            first.run();
            pieces.forEachRemaining(_ -> {});
            GenerationResult result = generation.result();
            if (result.tokens().length != job.n()) {
                throw new IllegalStateException("%d of %d tokens: %s".formatted(result.tokens().length, job.n(), result.reason()));
            }
            return result;
        }
    }

    /** The first token came with the prompt. */
    private static double perToken(GenerationResult result) {
        return (double) result.timings().generation().toNanos() / (result.tokens().length - 1);
    }

    private static void tokenize(Job job) {
        try (Model model = Model.load(job.model(), ModelOptions.builder().vocabularyOnly(true).build())) {
            double cpu = Result.cpu("self");
            long start = System.nanoTime();
            model.tokenizer().encode(job.text());
            double time = System.nanoTime() - start;
            double megabytes = job.text().length() / 1e6;
            Result.print("tokenize", time / megabytes, (Result.cpu("self") - cpu) / megabytes);
        }
    }

    private static void embed(Job job) {
        ContextOptions context = ContextOptions.builder().contextSize(512).batchSize(512).threads(job.threads()).build();
        try (Model model = Model.load(job.model());
                Embedder embedder = model.newEmbedder(EmbedderOptions.builder().pooling(Pooling.MEAN).context(context).build())) {
            job.median("embed", () -> embedder.embed(job.text()));
        }
    }

    private static void state(Job job) {
        try (Model model = Model.load(job.model());
                Context context = model.newContext(options(job));
                Sequence sequence = context.newSequence()) {
            sequence.append(job.text());
            byte[][] state = new byte[1][];
            job.median("save", () -> {
                state[0] = sequence.save();
            });
            job.median("restore", () -> sequence.restore(state[0]));
        }
    }

    private static void peak(Job job) {
        try (Model model = Model.load(job.model()); Context context = model.newContext(options(job))) {
            generate(context, new Job("greedy", job.model(), job.threads(), job.n(), job.text()));
            Result.print("peak", Result.peak());
        }
    }

    private static GenerateOptions limit(int tokens) {
        return GenerateOptions.builder().maxTokens(tokens).sampler(SamplerOptions.greedy()).build();
    }

    private static ContextOptions options(Job job) {
        return ContextOptions.builder().contextSize(CONTEXT).threads(job.threads()).build();
    }
}
