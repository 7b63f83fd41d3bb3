package io.github.llamaffm.lifecycle;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.support.NativeFrames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends its process at a random moment of native work that a daemon thread does. Arguments: a model, a phase, a way, a seed.
 */
final class ExitProgram {
    private ExitProgram() {
    }

    /** What is going on when the process ends. */
    enum Phase { LOAD, PREFILL, GENERATION }

    /** How it ends. */
    enum Way {
        SYSTEM_EXIT(42), END_OF_MAIN(0), SIGINT(130), SIGTERM(143);

        final int exitCode;

        Way(int exitCode) {
            this.exitCode = exitCode;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        Phase phase = Phase.valueOf(arguments[1]);
        Way way = Way.valueOf(arguments[2]);
        var random = new Random(Integer.parseInt(arguments[3]));

        var generating = new CountDownLatch(1);
        var work = new FutureTask<>(() -> {
            work(file, phase, generating);
            return null;
        });
        Thread.ofPlatform().daemon().start(work);
        if (phase == Phase.GENERATION) {
            generating.await();
        }
        NativeFrames.await(phase == Phase.LOAD ? "lf_model_load" : "lf_decode", work::isDone);
        // Not a wait for anything: any moment of the work is the one to be tested.
        LockSupport.parkNanos(random.nextInt(phase == Phase.LOAD ? 100_000_000 : 500_000_000));
        end(way);
    }

    private static void work(Path file, Phase phase, CountDownLatch generating) {
        do {
            try (Model model = Model.load(file)) {
                if (phase != Phase.LOAD) {
                    generate(model, phase, generating);
                }
            }
        } while (phase == Phase.LOAD);
    }

    private static void generate(Model model, Phase phase, CountDownLatch generating) {
        String prompt = phase == Phase.PREFILL ? "A long prompt, word for word. ".repeat(1000) : "Once upon a time";
        // Not greedy: that would end in a loop, not in a token which ends the text.
        var options = GenerateOptions.builder().sampler(SamplerOptions.builder().temperature(1.5f).seed(1).build()).build();
        try (Context context = model.newContext(ContextOptions.builder().contextSize(8192).threads(1).build())) {
            while (true) {
                try (Generation generation = context.generate(prompt, options)) {
                    for (String piece : generation) {
                        generating.countDown();
                    }
                }
            }
        }
    }

    private static void end(Way way) throws IOException, InterruptedException {
        switch (way) {
            case SYSTEM_EXIT -> System.exit(way.exitCode);
            case END_OF_MAIN -> { }
            case SIGINT, SIGTERM -> {
                new ProcessBuilder("kill", "-" + way.name().substring(3), String.valueOf(ProcessHandle.current().pid()))
                        .start();
                Thread.currentThread().join();
            }
        }
    }
}
