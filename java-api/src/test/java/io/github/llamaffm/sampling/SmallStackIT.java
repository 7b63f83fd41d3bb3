package io.github.llamaffm.sampling;

import io.github.llamaffm.support.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallStackIT {

    @Test
    void grammarsEndNoProcess(@TempDir Path folder) {
        ChildJvm.of(SmallStack.class).arguments(folder).run().assertSilent();
    }
}
