package io.github.llamaffm.leaks;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.EmbedderOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.Pooling;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import io.github.llamaffm.Tokenizer;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Opens one of each kind and closes it or not, as the argument says, and waits for the reports that are to come. Prints a line
 * for each: what it is, and where it was opened.
 */
final class ForgottenProgram {

    private static final ContextOptions SMALL = ContextOptions.builder().contextSize(256).batchSize(64).maxSequences(4).threads(1).build();
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final int COLLECTIONS = 5;

    private static boolean closes;
    private static int opened;

    private ForgottenProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        Path file = TinyModel.llama().writeTo(folder.resolve("tiny.gguf"));
        Path ranking = TinyModel.reranker().writeTo(folder.resolve("ranking.gguf"));
        Path lora = TinyLora.of(TinyModel.llama()).writeTo(folder.resolve("lora.gguf"));
        switch (arguments[0]) {
            case "forget" -> openAll(file, ranking, lora);
            case "close" -> {
                closes = true;
                openAll(file, ranking, lora);
                useWithoutHolding(file);
                collect(COLLECTIONS);
            }
            case "keep" -> keep(file);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void openAll(Path file, Path ranking, Path lora) throws Exception {
        try (Model model = Model.load(file); Model ranker = Model.load(ranking)) {
            print("handles " + Proxy.isProxyClass(model.getClass()));
            open("a model", () -> note(Model.load(file)));
            open("a sampler", () -> note(model.newSampler(SamplerOptions.defaults())));
            open("a LoRA adapter", () -> note(model.loadAdapter(lora)));
            open("a pool of 2 threads", () -> note(ThreadPool.of(2)));
            open("a context of 256 tokens", () -> note(model.newContext(SMALL)));
            open("a reranker", () -> note(ranker.newReranker()));
            open("an embedder", () -> note(ranker.newEmbedder(EmbedderOptions.builder().pooling(Pooling.MEAN).build())));
            try (Context context = model.newContext(SMALL); Sequence sequence = context.newSequence()) {
                sequence.append(1, 2, 3);
                open("a sequence", () -> note(context.newSequence()));
                open("a sequence", () -> note(sequence.fork()));
                open("a generation", () -> note(context.generate("Once")));
                open("a generation", () -> note(sequence.generate("upon")));
                if (!closes) {
                    awaitReports();
                }
            }
            try (Context context = model.newContext(SMALL)) {
                byte[] state = state(model);
                open("a sequence", () -> note(context.loadState(state).getFirst()));
                if (!closes) {
                    awaitReports();
                }
            }
            var original = model.newSampler(SamplerOptions.greedy());
            open("a sampler", () -> note(original.copy()));
            original.close();
            if (!closes) {
                awaitReports();
                model.shutdown(Duration.ofSeconds(30));
                ranker.shutdown(Duration.ofSeconds(30));
            }
        }
    }

    private static byte[] state(Model model) {
        try (Context context = model.newContext(SMALL); Sequence sequence = context.newSequence()) {
            sequence.append(1, 2);
            return context.saveState();
        }
    }

    private interface Opener {
        AutoCloseable open() throws Exception;
    }

    /** In a frame of its own, so that nothing of it is left. */
    private static void open(String what, Opener opener) throws Exception {
        System.out.print(what + " ");
        AutoCloseable object = opener.open();
        opened++;
        if (closes) {
            object.close();
        }
    }

    /** The line of its caller, which opens something on the same line. */
    private static <T> T note(T object) {
        print(WALKER.walk(frames -> frames.skip(1).findFirst().orElseThrow()).toStackTraceElement().toString());
        return object;
    }

    private static void print(String line) {
        System.out.println(line);
    }

    /** What is open and reachable, however little of it the program holds; none of it is to be reported. */
    private static void useWithoutHolding(Path file) {
        try (Context context = Model.load(file).newContext(SMALL)) {
            collect(1);
            int pieces = 0;
            for (String piece : context.generate("Once upon", ContextRounds.greedy(8))) {
                collect(1);
                pieces += piece.length();
            }
            context.generate("Once upon", ContextRounds.greedy(2)).result();
            Context same = context.newSequence().context();
            if (pieces == 0 || same != context) {
                throw new AssertionError();
            }
            Model model = context.model();
            Tokenizer tokenizer = model.tokenizer();
            context.close();
            collect(1);
            tokenizer.encode("Once");
            model.close();
        }
    }

    private static void keep(Path file) {
        Model model = note(Model.load(file));
        Context context = note(model.newContext(SMALL));
        Generation generation = note(context.generate("Once"));
        try {
            model.close();
            throw new AssertionError("closed under its context");
        } catch (IllegalStateException e) {
            print(e.getMessage());
        }
        generation.iterator().next();
    }

    private static void collect(int times) {
        for (int i = 0; i < times; i++) {
            System.gc();
        }
    }

    private static void awaitReports() throws Exception {
        Path log = Path.of(System.getProperty("org.slf4j.simpleLogger.logFile"));
        long reports;
        do {
            System.gc();
            try (var lines = Files.lines(log)) {
                reports = lines.filter(line -> line.contains("was not closed")).count();
            }
        } while (reports < opened);
    }
}
