package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Context;
import io.github.llamaffm.ModelInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a test ran on.
 *
 * @param model its description
 * @param bytes of all weights
 * @param contextSize tokens that fit, in all sequences together
 * @param started to the second
 */
record Facts(String model, long bytes, long parameters, int contextSize, int threads, Instant started) {

    static Facts of(Context context) {
        ModelInfo info = context.model().info();
        return new Facts(info.description(), info.sizeInBytes(), info.parameterCount(), context.size(), context.threads(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }
}
