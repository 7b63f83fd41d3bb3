package io.github.llamaffm.hostile;

import io.github.llamaffm.support.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** An abort on one of ggml's own threads is an exception too, and leaves neither threads that wait nor a process that ends. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "ggml starts its threads otherwise there")
class AbortsOnThreadsIT {

    @Test
    void failTheCallThatComputes(@TempDir Path folder) {
        ChildJvm.of(AbortsOnThreads.class).arguments(folder).run().assertSilent();
    }
}
