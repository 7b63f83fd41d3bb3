package io.github.llamaffm.benchmarks.sides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Model;
import io.github.llamaffm.SamplerOptions;
import io.github.llamaffm.testkit.TinyModel;
import io.github.llamaffm.testkit.WeightType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That Jlama computes the same model. */
class JlamaIT {

    private static final int TOKENS = 16;

    @TempDir
    private Path folder;

    @Test
    void saysWhatOursSaysAndIsMeasured() throws Exception {
        Path model = TinyModel.llama().weightType(WeightType.F32).contextSize(256).writeTo(folder.resolve("tiny.gguf"));
        Path prompt = Files.writeString(folder.resolve("prompt.txt"), "The river's old mill, and 17 shops");
        JlamaModel.write(model, folder);

        List<String> command = new ArrayList<>(Settings.jlama(JlamaDriver.class));
        command.addAll(List.of("binding", folder.toString(), "1", Integer.toString(TOKENS), prompt.toString()));
        Child child = Child.run(command);

        assertThat(child.json().stream().map(Result::parse).map(Result::what)).containsExactly("load", "first", "greedy", "sampled", "peak");
        assertThat(child.stdout()).endsWith("\n" + ours(model, Files.readString(prompt)) + System.lineSeparator());
    }

    private static String ours(Path file, String prompt) {
        try (Model model = Model.load(file); Context context = model.newContext(ContextOptions.builder().threads(1).build())) {
            SamplerOptions greedy = SamplerOptions.builder().temperature(0).noEnd(true).build();
            return context.generate(prompt, GenerateOptions.builder().maxTokens(TOKENS).sampler(greedy).build()).result().text();
        }
    }
}
