package io.github.llamaffm.lifecycle;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import io.github.llamaffm.testkit.TinyLora;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a process is doing in native code when it ends. Each goes on until then. */
enum ExitMoment {
    LOAD("a load", "lf_model_load") {
        @Override
        void work(Path file, Runnable begun) {
            while (true) {
                Model.load(file).close();
            }
        }
    },
    CONTEXT("the making of a context", "lf_context_new") {
        @Override
        void work(Path file, Runnable begun) {
            Model model = Model.load(file);
            while (true) {
                model.newContext(options(8192)).close();
            }
        }
    },
    PREFILL("a prefill", "lf_decode") {
        @Override
        void work(Path file, Runnable begun) {
            generate(Model.load(file), LONG_PROMPT, 8192, begun);
        }
    },
    GENERATION("a generation", "lf_decode") {
        @Override
        void work(Path file, Runnable begun) {
            generate(Model.load(file), "Once upon a time", 2048, begun);
        }
    },
    EMBEDDING("embeddings", "lf_decode") {
        @Override
        void work(Path file, Runnable begun) {
            Embedder embedder = Model.load(file).newEmbedder();
            List<String> texts = IntStream.range(0, 1000).mapToObj(i -> "Text number " + i + ", word for word.").toList();
            while (true) {
                embedder.embedAll(texts);
            }
        }
    },
    SAVE("a state that is saved", "lf_state_write") {
        @Override
        void work(Path file, Runnable begun) {
            Sequence sequence = computed(file);
            while (true) {
                sequence.save(Path.of(STATE));
            }
        }
    },
    RESTORE("a state that is restored", "lf_state_read") {
        @Override
        void work(Path file, Runnable begun) {
            Sequence sequence = computed(file);
            byte[] state = sequence.save();
            while (true) {
                sequence.restore(state);
            }
        }
    },
    TOKENIZE("a long text on the big stack", "lf_tokenize") {
        @Override
        void work(Path file, Runnable begun) {
            Model model = Model.load(file, ModelOptions.builder().vocabularyOnly(true).build());
            String text = LONG_PROMPT.repeat(20);
            while (true) {
                model.tokenizer().encode(text);
            }
        }
    },
    PLAN("a memory plan", "lf_plan_measure") {
        @Override
        void work(Path file, Runnable begun) {
            while (true) {
                MemoryPlan.of(ModelSource.path(file), ModelOptions.defaults(), options(2048));
            }
        }
    },
    GRAMMAR("a grammar", "lf_sampler_new") {
        @Override
        void work(Path file, Runnable begun) {
            Model model = Model.load(file, ModelOptions.builder().vocabularyOnly(true).build());
            String rules = IntStream.range(0, 20_000).mapToObj(i -> "rule" + i + " ::= \"word number " + i + "\" [a-z]*")
                    .collect(Collectors.joining("\n", "root ::= rule0 | rule19999\n", "\n"));
            SamplerOptions options = SamplerOptions.of(
                    new SamplerSpec.GrammarRule(GrammarUse.always(Grammar.of(rules))), new SamplerSpec.Greedy());
            while (true) {
                model.newSampler(options).close();
            }
        }
    },
    SEVERAL("four contexts of two models at once", "lf_decode") {
        @Override
        void work(Path file, Runnable begun) {
            List<CompletableFuture<Void>> begins = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Model model = Model.load(file);
                for (Thread.Builder threads : List.of(Thread.ofVirtual(), Thread.ofPlatform().daemon())) {
                    CompletableFuture<Void> first = new CompletableFuture<>();
                    begins.add(first);
                    threads.start(() -> {
                        try {
                            generate(model, "Once upon a time", 2048, () -> first.complete(null));
                        } catch (RuntimeException e) {
                            // At the end a ShutdownException, of a call that comes too late.
                            first.completeExceptionally(e);
                        }
                    });
                }
            }
            begins.forEach(CompletableFuture::join);
            begun.run();
        }
    },
    NOTHING("nothing: everything was made, and nothing closed", "") {
        @Override
        void work(Path file, Runnable begun) {
            open(file);
            begun.run();
        }
    },
    COLLECTED("nothing: what was never closed was collected", "") {
        @Override
        void work(Path file, Runnable begun) {
            for (int i = 0; i < 3; i++) {
                open(file);
                System.gc();
            }
            begun.run();
        }
    };

    /** What {@link #SAVE} writes, in the folder that the process runs in. */
    static final String STATE = "saved.state";

    private static final String LONG_PROMPT = "A long prompt, word for word. ".repeat(1000);

    /** Work that a virtual thread hands to a platform thread; else its native frames would be seen by nobody. */
    private static final Set<ExitMoment> ASIDE = Set.of(LOAD, CONTEXT, PREFILL, GENERATION, EMBEDDING, SAVE, RESTORE);

    private final String words;
    private final String function;

    ExitMoment(String words, String function) {
        this.words = words;
        this.function = function;
    }

    /**
     * Works, for as long as the process lives.
     *
     * @param begun is run where that is another moment than the first in the function
     */
    abstract void work(Path file, Runnable begun);

    /** In a table. */
    String words() {
        return words;
    }

    /** The native function that is to be seen running; empty: none. */
    String function() {
        return function;
    }

    /** Whether {@link #work} says when it has begun. */
    boolean saysWhenBegun() {
        return this == GENERATION || this == SEVERAL || this == NOTHING || this == COLLECTED;
    }

    Thread.Builder threads(boolean virtual) {
        return virtual && ASIDE.contains(this) ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    }

    private static ContextOptions options(int size) {
        return ContextOptions.builder().contextSize(size).threads(2).build();
    }

    private static void generate(Model model, String prompt, int contextSize, Runnable begun) {
        // Not greedy: that would end in a loop, not in a token which ends the text.
        var options = GenerateOptions.builder().sampler(SamplerOptions.builder().temperature(1.5f).seed(1).build()).build();
        Context context = model.newContext(options(contextSize));
        boolean first = true;
        while (true) {
            try (Generation generation = context.generate(prompt, options)) {
                for (String _ : generation) {
                    if (first) {
                        begun.run();
                        first = false;
                    }
                }
            }
        }
    }

    private static Sequence computed(Path file) {
        Sequence sequence = Model.load(file).newContext(options(512)).newSequence();
        sequence.append("A long prompt, word for word. ".repeat(50));
        sequence.generate(new int[0], GenerateOptions.builder().maxTokens(1).build()).result();
        return sequence;
    }

    /** One of each kind of closable object, of none of which a reference is kept. */
    private static void open(Path file) {
        TinyModel tiny = TinyModel.llama();
        try {
            Path folder = Files.createTempDirectory("exit");
            Path lora = TinyLora.of(tiny).writeTo(folder.resolve("lora.gguf"));
            Model model = Model.load(tiny.writeTo(folder.resolve("model.gguf")));
            LoraAdapter adapter = model.loadAdapter(lora);
            ThreadPool pool = ThreadPool.of(2);
            Context context = model.newContext(ContextOptions.builder().contextSize(256).maxSequences(2).threadPool(pool)
                    .adapters(Adapters.of(adapter, 1)).build());
            Sampler sampler = model.newSampler(SamplerOptions.greedy());
            Embedder embedder = model.newEmbedder();
            embedder.embed("Hello");
            Sequence sequence = context.newSequence();
            sequence.append(1, 2, 3);
            sequence.save();
            context.newBatch();
            sequence.generate(new int[] {4}, GenerateOptions.builder().maxTokens(20).build()).iterator().next();
            sampler.accept(1);
            Model.load(TinyModel.reranker().writeTo(folder.resolve("reranker.gguf"))).newReranker().rank("a", List.of("b"));
            try (var files = Files.list(folder)) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
