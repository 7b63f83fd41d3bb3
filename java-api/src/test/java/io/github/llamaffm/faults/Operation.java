package io.github.llamaffm.faults;

import io.github.llamaffm.Adapters;
import io.github.llamaffm.Adapters.ScaledControlVector;
import io.github.llamaffm.Adapters.ScaledLora;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.ControlVector;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.LoadMode;
import io.github.llamaffm.LoraAdapter;
import io.github.llamaffm.MemoryPlan;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.Sampler;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What is done while native calls fail. Each says in a text what came of it, the same on every run. */
enum Operation {

    LOAD("load a model, mapped") {
        @Override
        Attempt prepare(World world) {
            return load(world, LoadMode.MAP, false);
        }
    },
    LOAD_READ("load a model, read") {
        @Override
        Attempt prepare(World world) {
            return load(world, LoadMode.READ, false);
        }
    },
    LOAD_DIRECT("load a model, direct I/O") {
        @Override
        Attempt prepare(World world) {
            return load(world, LoadMode.DIRECT_IO, false);
        }
    },
    LOAD_VOCABULARY("load a vocabulary") {
        @Override
        Attempt prepare(World world) {
            return load(world, LoadMode.AUTO, true);
        }
    },
    PLAN("plan the memory") {
        @Override
        Attempt prepare(World world) {
            return opened -> {
                MemoryPlan plan = MemoryPlan.of(ModelSource.path(world.modelFile()), ModelOptions.defaults(), World.smallContext().build());
                return plan.parts().getFirst().total() + " bytes";
            };
        }
    },
    CONTEXT("make a context") {
        @Override
        Attempt prepare(World world) {
            return opened -> opened.add(world.newContext()).size() + " cells";
        }
    },
    CONTEXT_RECURRENT("load a recurrent model and make a context") {
        @Override
        Attempt prepare(World world) {
            return opened -> {
                Model model = opened.add(Model.load(world.file("mamba.gguf")));
                Context context = opened.add(model.newContext(World.smallContext().build()));
                return World.decode(context, opened.add(context.newSequence()), 1, 2, 3);
            };
        }
    },
    DECODE("first decode") {
        @Override
        Attempt prepare(World world) {
            Opened before = new Opened();
            Context context = before.add(world.newContext());
            return new Prepared(before,
                    opened -> World.decode(context, opened.add(context.newSequence()), IntStream.range(1, 60).toArray()));
        }
    },
    NEXT_DECODE("decode one more token") {
        @Override
        Attempt prepare(World world) {
            Opened before = new Opened();
            Context context = before.add(world.newContext());
            Sequence sequence = before.add(context.newSequence());
            sequence.append(1, 2, 3);
            sequence.append(4);
            return new Prepared(before, _ -> World.decode(context, sequence, 5));
        }
    },
    GENERATE("generate with a grammar and every kind of sampler") {
        @Override
        Attempt prepare(World world) {
            Opened before = new Opened();
            Context context = before.add(world.newContext());
            return new Prepared(before, opened -> {
                Generation generation = opened.add(context.generate("The cat", GenerateOptions.builder()
                        .maxTokens(6).grammar(GRAMMAR).sampler(chain()).build()));
                return generation.result().text();
            });
        }
    },
    SAMPLER("make, copy and reset a sampler") {
        @Override
        Attempt prepare(World world) {
            return opened -> {
                Sampler sampler = opened.add(world.model().newSampler(chain()));
                sampler.accept(1, 2, 3);
                Sampler copy = opened.add(sampler.copy());
                copy.reset();
                return copy.seed().toString();
            };
        }
    },
    TOKENIZE("tokenise 4 KiB and back") {
        @Override
        Attempt prepare(World world) {
            String text = "The cat sat on the mat, über 42 Häuser. ".repeat(100);
            return _ -> {
                int[] tokens = world.model().tokenizer().encode(text);
                return tokens.length + " tokens " + Arrays.hashCode(tokens) + " " + world.model().tokenizer().decode(tokens).equals(text);
            };
        }
    },
    SAVE("save a state") {
        @Override
        Attempt prepare(World world) {
            Opened before = new Opened();
            Context context = before.add(world.newContext());
            Sequence sequence = before.add(context.newSequence());
            sequence.append(1, 2, 3);
            return new Prepared(before, _ -> {
                byte[] state = sequence.save();
                return state.length + " bytes " + Arrays.hashCode(state);
            });
        }
    },
    RESTORE("restore a state") {
        @Override
        Attempt prepare(World world) {
            Opened before = new Opened();
            Context context = before.add(world.newContext());
            Sequence sequence = before.add(context.newSequence());
            sequence.append(1, 2, 3);
            byte[] state = sequence.save();
            sequence.append(7, 8, 9);
            return new Prepared(before, _ -> {
                sequence.restore(state);
                return Arrays.toString(sequence.tokens());
            });
        }
    },
    FORK("fork, cut and shift sequences") {
        @Override
        Attempt prepare(World world) {
            Opened before = new Opened();
            Context context = before.add(world.newContext());
            Sequence sequence = before.add(context.newSequence());
            sequence.append(1, 2, 3, 4, 5, 6, 7, 8);
            return new Once(before, opened -> {
                Sequence fork = opened.add(sequence.fork());
                fork.truncate(5);
                fork.append(9);
                fork.close();
                sequence.discard(2, 4);
                String logits = World.decode(context, sequence, 10);
                return Arrays.toString(sequence.tokens()) + " " + logits;
            });
        }
    },
    LORA("load a LoRA adapter") {
        @Override
        Attempt prepare(World world) {
            return opened -> {
                LoraAdapter lora = opened.add(world.model().loadAdapter(world.file("lora.gguf")));
                return lora.getClass().getSimpleName();
            };
        }
    },
    ADAPTERS("decode with a LoRA adapter and a control vector") {
        @Override
        Attempt prepare(World world) {
            Opened before = new Opened();
            LoraAdapter lora = before.add(world.model().loadAdapter(world.file("lora.gguf")));
            ControlVector vector = ControlVector.load(world.file("vector.gguf"), world.model());
            Context context = before.add(world.newContext());
            Adapters adapters = new Adapters(List.of(new ScaledLora(lora, 1)), List.of(new ScaledControlVector(vector, 1)));
            return new Prepared(before, opened -> {
                context.adapters(adapters);
                return World.decode(context, opened.add(context.newSequence()), 1, 2, 3);
            });
        }
    },
    EMBED("load an embedding model and embed") {
        @Override
        Attempt prepare(World world) {
            return opened -> {
                Model model = opened.add(Model.load(world.file("bert.gguf")));
                Embedder embedder = opened.add(model.newEmbedder());
                return Integer.toHexString(Arrays.hashCode(embedder.embed("a cat on a mat")));
            };
        }
    },
    POOL("start a thread pool") {
        @Override
        Attempt prepare(World world) {
            return opened -> opened.add(ThreadPool.of(4)).threads() + " threads";
        }
    },
    CLOSE("close a context and a model") {
        @Override
        Attempt prepare(World world) {
            Opened before = new Opened();
            Model model = before.add(Model.load(world.modelFile()));
            Context context = before.add(model.newContext(World.smallContext().build()));
            before.add(context.newSequence()).append(1, 2, 3);
            return new Once(before, _ -> {
                before.close();
                return "closed";
            });
        }
    };

    private static final Grammar GRAMMAR = Grammar.of("root ::= [a-zA-Z ]+ (\".\" | \"!\" root)?");

    private final String title;

    Operation(String title) {
        this.title = title;
    }

    /** For the page. */
    String title() {
        return title;
    }

    /** Makes what is not to fail. */
    abstract Attempt prepare(World world);

    /** The part that may fail. */
    interface Attempt extends AutoCloseable {

        /**
         * Runs it.
         *
         * @param opened takes what is to be closed afterwards, when nothing fails any more
         * @return what came of it
         */
        String run(Opened opened);

        /** Whether it gives the same once more where it failed, unless that left its context unusable. */
        default boolean isRepeatable() {
            return false;
        }

        /** Closes what {@link #prepare} opened. */
        @Override
        default void close() {}
    }

    /** What is open, closed in the opposite order. */
    static final class Opened implements AutoCloseable {
        private final List<AutoCloseable> all = new ArrayList<>();

        <T extends AutoCloseable> T add(T opened) {
            all.add(opened);
            return opened;
        }

        @Override
        public void close() {
            try {
                for (AutoCloseable opened : all.reversed()) {
                    opened.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException("cannot close: " + e, e);
            }
        }
    }

    /** With what was opened before it. It is repeatable: a failed call leaves its sequence as it was. */
    private record Prepared(Opened before, Attempt attempt) implements Attempt {
        @Override
        public boolean isRepeatable() {
            return true;
        }

        @Override
        public String run(Opened opened) {
            return attempt.run(opened);
        }

        @Override
        public void close() {
            before.close();
        }
    }

    /** With what was opened before it. */
    private record Once(Opened before, Attempt attempt) implements Attempt {
        @Override
        public String run(Opened opened) {
            return attempt.run(opened);
        }

        @Override
        public void close() {
            before.close();
        }
    }

    private static Attempt load(World world, LoadMode mode, boolean vocabularyOnly) {
        Path file = world.modelFile();
        return opened -> {
            Model model = opened.add(Model.load(file, ModelOptions.builder()
                    .loadMode(mode).checkTensors(!vocabularyOnly).vocabularyOnly(vocabularyOnly).build()));
            return model.info().description() + ", " + model.info().metadata().size() + " keys, "
                    + Arrays.toString(model.tokenizer().encode("The cat"));
        };
    }

    private static SamplerOptions chain() {
        return SamplerOptions.builder()
                .logitBias(Map.of(5, -1f)).penalties(64, 1.1f, 0, 0).dry(0.8f).topNSigma(2).topK(40).typical(0.9f).topP(0.9f).minP(0.01f)
                .xtc(0.1f, 0.4f).temperature(0.8f).seed(42).build();
    }
}
