package io.github.llamaffm.lifecycle;

import io.github.llamaffm.CandidateSampler;
import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.EmbedOptions;
import io.github.llamaffm.Embedder;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * Does something to the process, or throws, in code of the user's that the library calls. Arguments: a model, which code, what it
 * does, whether on a virtual thread.
 */
final class CallbackProgram {
    private CallbackProgram() {
    }

    /** The user's code that the library calls. */
    enum Callback {
        LOAD_PROGRESS {
            @Override
            void call(Path file, Runnable deed) {
                Model.load(file, ModelOptions.builder().progress(_ -> deed.run()).build());
            }
        },
        SAMPLER {
            @Override
            void call(Path file, Runnable deed) {
                CandidateSampler sampler = _ -> deed.run();
                try (Model model = Model.load(file); Context context = context(model);
                        Generation generation = context.generate("Hello", GenerateOptions.builder()
                                .sampler(SamplerOptions.of(new SamplerSpec.Custom(() -> sampler), new SamplerSpec.Greedy())).build())) {
                    generation.result();
                }
            }
        },
        PIECES {
            @Override
            void call(Path file, Runnable deed) {
                try (Model model = Model.load(file); Context context = context(model);
                        Generation generation = context.generate("Hello")) {
                    generation.forEach(_ -> deed.run());
                }
            }
        },
        EMBED_PROGRESS {
            @Override
            void call(Path file, Runnable deed) {
                try (Model model = Model.load(file); Embedder embedder = model.newEmbedder()) {
                    embedder.embedAll(List.of("a", "b"), EmbedOptions.defaults(), _ -> deed.run());
                }
            }
        },
        AFTER_CANCEL {
            @Override
            void call(Path file, Runnable deed) {
                Cancellation cancellation = Cancellation.create();
                Model.load(file, ModelOptions.builder().cancellation(cancellation).progress(_ -> {
                    cancellation.cancel();
                    deed.run();
                }).build());
            }
        };

        abstract void call(Path file, Runnable deed);

        private static Context context(Model model) {
            return model.newContext(ContextOptions.builder().contextSize(256).threads(1).build());
        }
    }

    /** What it does. */
    enum Deed {
        SYSTEM_EXIT(42) {
            @Override
            void run() {
                System.exit(exitCode);
            }
        },
        HALT(43) {
            @Override
            void run() {
                Runtime.getRuntime().halt(exitCode);
            }
        },
        OUT_OF_MEMORY(0) {
            @Override
            void run() {
                long[][] all = new long[1 << 20][];
                for (int i = 0; i < all.length; i++) {
                    all[i] = new long[1 << 20];
                }
            }
        },
        STACK_OVERFLOW(0) {
            @Override
            void run() {
                run();
                // Not a tail call.
                Thread.onSpinWait();
            }
        };

        final int exitCode;

        Deed(int exitCode) {
            this.exitCode = exitCode;
        }

        abstract void run();
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        Callback callback = Callback.valueOf(arguments[1]);
        Deed deed = Deed.valueOf(arguments[2]);
        Thread thread = (Boolean.parseBoolean(arguments[3]) ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
            try {
                callback.call(file, deed::run);
                throw new AssertionError("nothing was thrown");
            } catch (OutOfMemoryError | StackOverflowError expected) {
                // Comes out as it was thrown, and the next call works.
                Model.load(file, ModelOptions.builder().vocabularyOnly(true).build()).close();
            }
        });
        thread.join();
    }
}
