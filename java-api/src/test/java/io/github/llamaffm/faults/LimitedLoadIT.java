package io.github.llamaffm.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A limit of the address space, as {@code ulimit -v} sets it: the system refuses, and nothing is counted beforehand. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs prlimit")
class LimitedLoadIT {

    @Test
    void modelsThatDoNotFitAreRefused() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "there is no prlimit to limit the child with");

        ChildJvm.of(LimitedLoad.class).arguments(TestFiles.model())
                .through("prlimit", "--as=" + (1200L << 20))
                // What the JVM reserves of it.
                .options("-Xmx48m", "-XX:ActiveProcessorCount=2", "-XX:ReservedCodeCacheSize=64m", "-XX:CompressedClassSpaceSize=64m")
                .environment("MALLOC_ARENA_MAX", 1)
                .run().assertSilent();
    }
}
