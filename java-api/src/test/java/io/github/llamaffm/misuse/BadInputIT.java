package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.TestFiles;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputIT {

    @Test
    void modelFiles(@TempDir Path folder) {
        ChildJvm.Result result = ChildJvm.of(BadModelFiles.class).arguments(folder, TestFiles.model()).run();
        result.assertSilent();
        assertThat(result.log())
                .as("what an exception carries is no error for the log; what a good call warned of is in it")
                .doesNotContain("ERROR")
                .contains("WARN io.github.llamaffm.native", "rounding down");
    }

    @Test
    void damagedHeaders(@TempDir Path folder) {
        Path vocabulary = TestFiles.sources().resolve("models/ggml-vocab-llama-spm.gguf");
        ChildJvm.of(DamagedHeaders.class).arguments(folder, vocabulary, 20_261_101).run().assertSilent();
    }

    @Test
    void typesOfWeights(@TempDir Path folder) {
        String counts = ChildJvm.of(WrongWeightTypes.class)
                .arguments(folder, TinyModel.llama().writeTo(folder.resolve("tiny.gguf")))
                .run()
                .assertSuccess();
        assertThat(counts).as("every tensor is one that some operation refuses").matches("refused=[1-9]\\d* computed=0\\s*");
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
