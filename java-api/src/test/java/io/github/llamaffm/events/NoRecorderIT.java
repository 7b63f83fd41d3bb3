package io.github.llamaffm.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.testkit.TinyModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run-time image need not have the module {@code jdk.jfr}. */
class NoRecorderIT {

    @TempDir
    private Path folder;

    private String run(String... options) {
        Path model = TinyModel.llama().contextSize(256).writeTo(folder.resolve("tiny.gguf"));
        return ChildJvm.of(NoRecorderProgram.class).options(options).arguments(model).run().assertSuccess();
    }

    @Test
    void worksWithoutTheModule() {
        assertThat(run("--limit-modules", "java.base")).isEqualTo("3 tokens\nCANCELLED\njdk.jfr missing\n");
    }

    /** The first event that is loaded costs a start 0.2 seconds. */
    @Test
    void noEventIsLoadedWhereNothingRecords() {
        assertThat(run("-Xlog:class+load")).contains(" jdk.jfr.FlightRecorder ", ".events.NoSpan ").doesNotContain(" jdk.jfr.Event ");
    }

    @Test
    void theProgramSeesTheModuleWhereItIs() {
        assertThat(run()).isEqualTo("3 tokens\nCANCELLED\njdk.jfr present\n");
    }
}
