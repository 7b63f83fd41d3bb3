package io.github.llamaffm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.lifecycle.CallbackProgram.Callback;
import io.github.llamaffm.lifecycle.CallbackProgram.Deed;
import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.testkit.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The user's code that the library calls may end the process, or run out of memory or stack. */
class CallbackIT {

    @TempDir
    private static Path folder;

    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = TinyModel.llama().writeTo(folder.resolve("model.gguf"));
    }

    static Stream<Arguments> deeds() {
        return Stream.of(Callback.values()).flatMap(callback -> Stream.of(Deed.values()).map(deed -> Arguments.of(callback, deed,
                // Each of both, of both.
                (callback.ordinal() + deed.ordinal()) % 2 == 0)));
    }

    @ParameterizedTest
    @MethodSource("deeds")
    void doesNoHarm(Callback callback, Deed deed, boolean virtual) {
        var result = ChildJvm.of(CallbackProgram.class)
                .options("-Xmx64m", "-Djdk.virtualThreadScheduler.parallelism=1")
                .arguments(model, callback, deed, virtual)
                .run();

        assertThat(result).isEqualTo(new ChildJvm.Result(deed.exitCode, "", "", "", List.of()));
    }

    /** A call with too little stack left ends in a StackOverflowError, not in a signal. */
    @Test
    void littleStackLeft() {
        ChildJvm.of(DeepStackProgram.class).options("-Xss1m").arguments(model).run().assertSilent();
    }
}
