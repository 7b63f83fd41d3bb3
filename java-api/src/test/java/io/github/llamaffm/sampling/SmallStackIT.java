package io.github.llamaffm.sampling;

import io.github.llamaffm.support.ChildJvm;
import org.junit.jupiter.api.Test;

class SmallStackIT {

    @Test
    void grammarsEndNoProcess() {
        ChildJvm.of(SmallStack.class).run().assertSilent();
    }
}
