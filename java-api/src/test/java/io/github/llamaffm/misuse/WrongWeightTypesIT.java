package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrongWeightTypesIT {

    @Test
    void areRefused(@TempDir Path folder) {
        ChildJvm.Result result = ChildJvm.of(WrongWeightTypes.class)
                .arguments(folder, TinyModel.llama().writeTo(folder.resolve("tiny.gguf")))
                .run();
        assertThat(result.assertSuccess()).as("every tensor is one that some operation refuses").matches("refused=[1-9]\\d* computed=0\\s*");
        assertThat(result.log()).as("what an exception carries is no error for the log").doesNotContain("ERROR");
    }
}
