package io.github.llamaffm.leaks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Context;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Grammar;
import io.github.llamaffm.GrammarUse;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.SamplerSpec;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails after a part of it was made leaves nothing behind that keeps its model from closing. */
class FailedOpeningIT {

    private static final long LARGE_STACK = 1L << 30;

    @TempDir
    private Path folder;

    private Model model;

    @BeforeEach
    void load() {
        model = Model.load(TinyModel.llama().writeTo(folder.resolve("tiny.gguf")));
    }

    @AfterEach
    void close() {
        assertThatCode(model::close).doesNotThrowAnyException();
    }

    /** Its pattern is compiled anew for each chain, on the thread that asks: by then the native chain was there. */
    @Test
    void aPatternThatNeedsMoreStackThanThereIs() throws Exception {
        FutureTask<GrammarUse> task = new FutureTask<>(() -> GrammarUse.after(Grammar.of("root ::= \"a\""),
                new GrammarUse.Trigger.Pattern("(".repeat(100_000) + "a" + ")".repeat(100_000))));
        Thread thread = new Thread(null, task, "large stack", LARGE_STACK);
        thread.start();
        GrammarUse use = task.get();
        SamplerOptions linked = SamplerOptions.of(new SamplerSpec.GrammarRule(use), new SamplerSpec.Greedy());

        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> model.newSampler(linked));
        try (Context context = model.newContext(ContextRounds.small().build())) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> context.generate("Once", GenerateOptions.builder().grammar(use).build()));
            assertThatCode(() -> context.newSequence().close()).as("the sequence is free").doesNotThrowAnyException();
        }
    }
}
