package io.github.llamaffm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.cli.CommandProcess.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelJarIT {

    @TempDir
    private Path folder;

    @TempDir
    private Path files;

    @Test
    void aPackedModelLoadsFromItsJar() throws IOException {
        Path gguf = files.resolve("my-model.gguf");
        try (InputStream in = ModelJarIT.class.getClassLoader().getResourceAsStream(ModelArguments.DEFAULT_MODEL)) {
            Files.copy(in, gguf);
        }
        Path jar = files.resolve("my-model.jar");

        Result result = CommandProcess.run(folder, "model-jar", gguf.toString(), "--output", jar.toString());

        assertThat(result).isEqualTo(new Result(
                0, jar + " holds META-INF/llama-ffm/models/my-model.gguf\n", "", List.of()));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
                Model packed = Model.load(ModelSource.resource("META-INF/llama-ffm/models/my-model.gguf", loader));
                Model original = Model.load(gguf)) {
            assertThat(packed.info().metadata()).isEqualTo(original.info().metadata());
            assertThat(packed.info().sizeInBytes()).isEqualTo(original.info().sizeInBytes());
        }
    }
}
