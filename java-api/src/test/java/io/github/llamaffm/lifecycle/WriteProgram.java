package io.github.llamaffm.lifecycle;

import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.LlamaRuntime;
import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;
import io.github.llamaffm.ModelSource;
import io.github.llamaffm.Sequence;
import io.github.llamaffm.modeljar.ModelJar;
import java.nio.file.Path;

/** Writes files, or what takes their place, and ends well. Arguments: what, a model, the file where that is named. */
final class WriteProgram {
    private WriteProgram() {
    }

    /** Who writes files, and how their temporary names begin. */
    enum Writer {
        STATE(".saving-"), MODEL_JAR(".model.jar."), NATIVES(".unpacking-"), RESOURCE(".extracting-");

        final String prefix;

        Writer(String prefix) {
            this.prefix = prefix;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path model = Path.of(arguments[1]);
        Path file = Path.of(arguments[2]);
        switch (Writer.valueOf(arguments[0])) {
            case STATE -> save(model, file);
            case MODEL_JAR -> ModelJar.builder(model, "default").build().writeTo(file);
            case NATIVES -> LlamaRuntime.instance();
            case RESOURCE -> Model.load(ModelSource.resource("model.gguf", WriteProgram.class.getClassLoader()),
                    ModelOptions.builder().vocabularyOnly(true).build()).close();
        }
    }

    private static void save(Path file, Path state) {
        try (Model model = Model.load(file);
                Context context = model.newContext(ContextOptions.builder().contextSize(512).threads(2).build());
                Sequence sequence = context.newSequence()) {
            sequence.append("A long prompt, word for word. ".repeat(10));
            sequence.save(state);
            sequence.restore(state);
        }
    }
}
