package io.github.llamaffm.lifecycle;

import io.github.llamaffm.support.NativeFrames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends its process at a random moment of native work that a daemon thread does, and leaves a file {@value #ENDING} from just
 * before. Arguments: a model, a moment, a way, a seed.
 */
final class ExitProgram {
    static final String ENDING = "ending";

    private static final int LONGEST_NANOS = 200_000_000;

    private ExitProgram() {
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        ExitMoment moment = ExitMoment.valueOf(arguments[1]);
        ExitWay way = ExitWay.valueOf(arguments[2]);
        int seed = Integer.parseInt(arguments[3]);

        var begun = new CompletableFuture<Void>();
        var work = new FutureTask<>(() -> {
            try {
                moment.work(file, () -> begun.complete(null));
            } catch (Throwable e) {
                begun.completeExceptionally(e);
            }
            return null;
        });
        moment.threads(seed % 2 == 1).start(work);
        if (moment.saysWhenBegun()) {
            begun.join();
        }
        if (!moment.function().isEmpty()) {
            NativeFrames.await(moment.function(), () -> work.isDone() && moment != ExitMoment.SEVERAL);
            // Not a wait for anything: any moment of the work is the one to be tested.
            LockSupport.parkNanos(new Random(seed).nextInt(LONGEST_NANOS));
        }
        Files.createFile(Path.of(ENDING));
        way.end();
    }
}
