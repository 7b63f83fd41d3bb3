package io.github.llamaffm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With files as Linux shows them on machines and in containers. */
class HostMemoryTest {

    private static final long MIB = 1 << 20;
    private static final long UNKNOWN = -1;

    @ParameterizedTest
    @CsvSource({
        // no limit: MemAvailable
        "machine, 24773369856",
        // limit - usage + both lists of file pages, of the group and those below it
        "v1-docker, 1119879168",
        // the parent of the own group limits
        "v1-nested, 805306368",
        // the limit of the pod shows only in the statistics of the container
        "v1-kubernetes, 536870912",
        "v2-docker, 469762048",
        // the high mark of the slice is lower than the limit of the scope
        "v2-systemd, 1124073472",
        // the path of the group is the host's
        "v2-kubernetes, 483648",
    })
    void isTheLeastOfMachineAndControlGroups(String tree, long expected) throws Exception {
        assertThat(HostMemory.read(tree(tree), 0).available(UNKNOWN, 0)).isEqualTo(expected);
    }

    @Test
    void leavesTheHeapWhatItMayStillTake() throws Exception {
        HostMemory memory = HostMemory.read(tree("v2-docker"), 400 * MIB);

        assertThat(memory.available(UNKNOWN, 0)).isEqualTo(469762048 - 400 * MIB);
        assertThat(HostMemory.read(tree("v2-docker"), 500 * MIB).available(UNKNOWN, 0)).as("never negative").isZero();
    }

    @Test
    void isBoundByTheLimitsOfTheProcess() throws Exception {
        HostMemory memory = HostMemory.read(tree("process-limits"), 0);

        // 8 GiB of addresses, 5 GiB of them taken; 6 GiB of data, 0.5 GiB of them taken
        assertThat(memory.addressSpace()).hasValue(3072 * MIB);
        assertThat(memory.available(UNKNOWN, 0)).isEqualTo(3072 * MIB);
        assertThat(memory.available(UNKNOWN, 100 * MIB)).as("what is mapped has its addresses").isEqualTo(3172 * MIB);
        // The heap has its addresses too, but is not data yet.
        assertThat(HostMemory.read(tree("process-limits"), 1024 * MIB).available(UNKNOWN, 0)).isEqualTo(3072 * MIB);
        assertThat(HostMemory.read(tree("process-limits"), 3072 * MIB).available(UNKNOWN, 0)).isEqualTo(2560 * MIB);
    }

    @Test
    void isWhatTheCallerKnowsWhereTheSystemDoesNotTell(@TempDir Path empty) {
        HostMemory memory = HostMemory.read(empty, 100);

        assertThat(memory.physical()).isEqualTo(OptionalLong.empty());
        assertThat(memory.addressSpace()).isEqualTo(OptionalLong.empty());
        assertThat(memory.available(1000, 50)).isEqualTo(900);
    }

    private static Path tree(String name) throws URISyntaxException {
        return Path.of(HostMemoryTest.class.getResource("/host-memory/" + name).toURI());
    }
}
