package io.github.llamaffm.misuse;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputIT {

    @Test
    void modelFiles(@TempDir Path folder) {
        ChildJvm.of(BadModelFiles.class).arguments(folder, TestFiles.model()).run().assertSilent();
    }

    @Test
    void contextSizes() {
        ChildJvm.of(BadContexts.class).arguments(TestFiles.model()).run().assertSilent();
    }

    @Test
    void texts() {
        ChildJvm.of(BadTexts.class).arguments(TestFiles.model()).run().assertSilent();
    }

    @Test
    void useAfterClose() {
        ChildJvm.of(UseAfterClose.class).arguments(TestFiles.model()).run().assertSilent();
    }

    @Test
    void useByTwoThreads() {
        ChildJvm.of(UseByTwoThreads.class).arguments(TestFiles.model()).run().assertSilent();
    }

    @Test
    void closeDuringUse() {
        ChildJvm.of(CloseDuringUse.class).arguments(TestFiles.model()).run().assertSilent();
    }
}
