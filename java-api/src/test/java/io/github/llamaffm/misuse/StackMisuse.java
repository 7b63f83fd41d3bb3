package io.github.llamaffm.misuse;

import static io.github.llamaffm.support.misuse.MisuseRow.refused;
import static io.github.llamaffm.support.misuse.MisuseRow.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.support.misuse.MisuseGroup;
import io.github.llamaffm.support.misuse.MisuseRow;
import io.github.llamaffm.support.misuse.OnThread;
import io.github.llamaffm.support.misuse.Scene;
import io.github.llamaffm.testkit.TinyModel;
import java.util.List;

/** Threads with little stack, and calls made near the end of one. Native code behind the end of a stack is a signal. */
final class StackMisuse implements MisuseGroup {

    @Override
    public String title() {
        return "Stacks";
    }

    @Override
    public List<MisuseRow> rows() {
        return List.of(
                works("Load, context, prompt, tokens, a state saved and restored, each in a thread with a stack of 200 KiB", "works", scene -> {
                    Grammar grammar = Grammar.of("root ::= " + "(".repeat(50) + "[a-z]+" + ")".repeat(50));
                    OnThread.withStack(200 << 10, () -> {
                        everything(scene, grammar);
                        return "";
                    });
                    return "works";
                }),
                works("1,024 letters, tokenised by deepseek-llm in a thread with a stack of 200 KiB", "signal", scene -> {
                    try (Model model = deepseek()) {
                        return OnThread.withStack(200 << 10, () -> model.tokenizer().encode("a".repeat(1024)).length) + " tokens";
                    }
                }),
                works("The same text from each of the last 2,000 frames before a stack overflows", "signal", scene -> {
                    try (Model model = deepseek()) {
                        return nearTheEnd(() -> model.tokenizer().encode("a".repeat(1024)));
                    }
                }),
                works("A state saved and restored from there, through callbacks into Java", "the JVM ends: an exception in a callback", scene -> {
                    String[] result = new String[1];
                    scene.inBatch((_, sequence, _) -> {
                        sequence.append(1, 2, 3);
                        result[0] = nearTheEnd(() -> sequence.restore(sequence.save()));
                        sequence.clear();
                    });
                    return result[0];
                }),
                works("A load with a progress listener, a context, a generation and tokens appended from there", "not tried", scene -> {
                    ModelOptions listening = ModelOptions.builder().progress(_ -> {}).build();
                    nearTheEnd(() -> Model.load(scene.file(TinyModel.llama()), listening).close());
                    nearTheEnd(() -> scene.llama().newContext(Scene.options(builder -> builder)).close());
                    scene.inBatch((context, sequence, _) -> {
                        nearTheEnd(() -> {
                            sequence.clear();
                            sequence.append(1, 2, 3, 4, 5);
                        });
                        nearTheEnd(() -> context.generate("Hello", Scene.ONE).result());
                    });
                    return "each works, or is a `StackOverflowError` before anything is done";
                }),
                refused("A call where less than 144 KiB are left", "not tried", StackOverflowError.class, scene -> {
                    OnThread.small(() -> {
                        deeperUntilRefused(() -> scene.llama().tokenizer().encode("text"));
                        return "";
                    });
                }));
    }

    private static Model deepseek() {
        return Model.load(TestFiles.sources().resolve("models/ggml-vocab-deepseek-llm.gguf"), ModelOptions.builder().vocabularyOnly(true).build());
    }

    private static void everything(Scene scene, Grammar grammar) {
        GenerateOptions options = GenerateOptions.builder().maxTokens(3).grammar(grammar).build();
        try (Model model = Model.load(scene.file(TinyModel.llama()));
                Context context = model.newContext(Scene.options(builder -> builder));
                Sequence sequence = context.newSequence()) {
            assertThat(context.generate("Hello", options).result().tokens()).isNotEmpty();
            sequence.append("one two three");
            sequence.restore(sequence.save());
            assertThat(model.info().metadata()).isNotEmpty();
            sequence.close();
        }
    }

    /** That is long before a Java frame overflows. */
    @SuppressWarnings("InfiniteRecursion")
    private static void deeperUntilRefused(Runnable call) {
        call.run();
        deeperUntilRefused(call);
    }

    private static String nearTheEnd(Runnable call) throws Exception {
        // Classes are loaded where there is room for that: one that fails to initialise stays unusable.
        call.run();
        Dive dive = new Dive(call);
        OnThread.small(() -> {
            dive.down();
            return "";
        });
        assertThat(dive.worked).isPositive();
        assertThat(dive.overflowed).isPositive();
        call.run();
        return "works, or is a `StackOverflowError` before anything is done";
    }

    /** Goes down to the end of a stack, and calls on the way up. */
    private static final class Dive {
        private static final int FRAMES = 2_000;
        private static final int BETWEEN = 10;

        private final Runnable call;
        private int frames;
        private int worked;
        private int overflowed;

        Dive(Runnable call) {
            this.call = call;
        }

        void down() {
            try {
                down();
            } catch (StackOverflowError e) {
                // From here on upwards.
            }
            if (frames < FRAMES && frames++ % BETWEEN == 0) {
                try {
                    call.run();
                    worked++;
                } catch (StackOverflowError e) {
                    overflowed++;
                }
            }
        }
    }
}
