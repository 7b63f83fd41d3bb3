package io.github.llamaffm.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import org.junit.jupiter.api.Test;

/**
 * Once it is warm, sampling allocates not a byte on the Java heap, with samplers written in Java too. In a JVM of its own with the
 * first compiler only, which is done by then: a thread that has a method compiled pays for the classes that are looked up for it.
 */
class SamplingAllocationIT {

    @Test
    void allocatesNothing() {
        String printed = ChildJvm.of(SamplingAllocations.class).run().assertSuccess();

        assertThat(printed.lines()).hasSize(8).allMatch(line -> line.startsWith("0 "));
    }
}
