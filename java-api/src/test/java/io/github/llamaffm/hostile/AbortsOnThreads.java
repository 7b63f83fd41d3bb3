package io.github.llamaffm.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.DecodeException;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.ThreadPool;
import io.github.llamaffm.testkit.GgufValue;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Decodes with a model whose graph aborts on every thread that computes it, and then with a sound one. Argument: a folder to write
 * to.
 */
final class AbortsOnThreads {

    private static final int ROUNDS = 25;
    private static final int THREADS = 4;

    private AbortsOnThreads() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Path sound = TinyModel.gemma2().writeTo(folder.resolve("sound.gguf"));
        Path hostile = TinyModel.gemma2().metadata("gemma2.rope.dimension_count", GgufValue.of(4096)).writeTo(folder.resolve("hostile.gguf"));
        try (Model good = Model.load(sound);
                Model bad = Model.load(hostile);
                ThreadPool pool = ThreadPool.of(THREADS);
                Context other = good.newContext(ContextOptions.builder().contextSize(256).threadPool(pool).build())) {
            for (int round = 0; round < ROUNDS; round++) {
                abort(bad, ContextOptions.builder().contextSize(256).threads(THREADS).build());
                abort(bad, ContextOptions.builder().contextSize(256).threadPool(pool).build());
                generate(other);
                assertThat(threads()).as("threads of this process after round %d", round).isLessThan(60);
            }
        }
    }

    private static void abort(Model model, ContextOptions options) {
        try (Context context = model.newContext(options); Sequence sequence = context.newSequence()) {
            assertThatExceptionOfType(DecodeException.class).isThrownBy(() -> sequence.append(1, 2, 3, 4, 5, 6, 7, 8))
                    .withMessageContaining("GGML_ASSERT(n_dims <= ne0)");
            assertThat(context.isPoisoned()).isTrue();
        }
    }

    private static void generate(Context context) {
        try (Generation generation = context.generate("any text", GenerateOptions.builder().maxTokens(3).build())) {
            assertThat(generation.result().tokens()).hasSize(3);
        }
    }

    /** 0 where the system does not say. */
    private static long threads() throws IOException {
        Path tasks = Path.of("/proc/self/task");
        if (!Files.exists(tasks)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(tasks)) {
            return all.count();
        }
    }
}
