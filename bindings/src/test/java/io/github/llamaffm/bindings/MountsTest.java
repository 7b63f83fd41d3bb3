package io.github.llamaffm.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountsTest {

    private static final Mounts MOUNTS = Mounts.parse("""
            20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            21 20 0:20 / /tmp rw,nosuid,noexec,relatime shared:2 - tmpfs tmpfs rw
            22 21 0:21 / /tmp/with\\040space rw,nosuid shared:3 - tmpfs tmpfs rw
            23 20 0:22 / /data rw,noexec - ext4 /dev/sdb rw
            24 20 0:23 / /data rw - ext4 /dev/sdc rw
            """);

    @ParameterizedTest
    @CsvSource({
        "/home/user, false",
        "/tmp, true",
        "/tmp/a, true",
        "/tmpfoo, false",
        "/tmp/with space/b, false",
        "/data/c, false",
    })
    void theNearestAndLastMountDecides(String folder, boolean noexec) {
        assertThat(MOUNTS.noexec(Path.of(folder))).isEqualTo(noexec);
    }
}
