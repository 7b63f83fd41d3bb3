package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application that is deployed again and again: each time in a new class loader, which is thrown away. Something in the JVM may
 * remember the last that was used until another one is; more than one stays never.
 */
class ClassLoaderIT {

    @TempDir
    private Path folder;

    private String run(int count, boolean close, int atOnce) throws Exception {
        return ChildJvm.of(ClassLoaderProgram.class)
                .property("org.slf4j.simpleLogger.log.io.github.llamaffm.native", "error")
                .arguments(TinyModel.llama().writeTo(folder.resolve("model.gguf")), count, close, atOnce)
                .run().assertSuccess();
    }

    @Test
    void isCollectedAfterClosing() throws Exception {
        assertThat(run(20, true, 1)).isIn("20 collected, 1 text\n", "19 collected, 1 text\n");
    }

    /** What is not closed keeps its native memory, and no class. */
    @Test
    void isCollectedWithoutClosing() throws Exception {
        assertThat(run(5, false, 1)).isIn("5 collected, 1 text\n", "4 collected, 1 text\n");
    }

    @Test
    void twoAtOnce() throws Exception {
        assertThat(run(4, true, 2)).isIn("4 collected, 1 text\n", "3 collected, 1 text\n");
    }
}
