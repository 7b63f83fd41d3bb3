package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.llamaffm.Context;
import io.github.llamaffm.Device;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.Placement;
import io.github.llamaffm.testkit.TestModels;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that names no device: the jars of its class path decide where it computes. */
class DevicesIT {

    @TempDir
    private Path folder;

    @Test
    void theJarsDecide() {
        String devices = LlamaRuntime.instance().devices().stream().map(Device::name).collect(Collectors.joining(", "));
        assertEquals(System.getProperty("expected.devices"), devices);

        Path file = TestModels.scripted().answer("Hello.").writeTo(folder.resolve("model.gguf"));
        try (Model model = Model.load(file); Context context = model.newContext();
                Generation generation = context.generate("Hi", GenerateOptions.builder().maxTokens(4).build())) {
            generation.result();
            String layers = model.placement().stream().filter(place -> place.layers() > 0).map(Placement::device).map(Device::name)
                    .collect(Collectors.joining(", "));
            assertEquals(devices.substring(devices.lastIndexOf(' ') + 1), layers);
        }
    }
}
