package io.github.llamaffm.events;

import io.github.llamaffm.Cancellation;
import io.github.llamaffm.Context;
import io.github.llamaffm.ContextOptions;
import io.github.llamaffm.GenerateOptions;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import java.nio.file.Path;

/** Comes by every place that tells the flight recorder of something. Argument: a model. */
final class NoRecorderProgram {
    private NoRecorderProgram() {
    }

    public static void main(String[] arguments) {
        try (Model model = Model.load(Path.of(arguments[0]));
                Context context = model.newContext(ContextOptions.builder().contextSize(256).threads(1).build())) {
            try (Generation generation = context.generate("Once upon", GenerateOptions.builder().maxTokens(3).build())) {
                System.out.println(generation.result().tokens().length + " tokens");
            }
            Cancellation cancelled = Cancellation.create();
            cancelled.cancel();
            try (Generation generation = context.generate("Once upon", GenerateOptions.builder().cancellation(cancelled).build())) {
                System.out.println(generation.result().reason());
            }
        }
        System.out.println("jdk.jfr " + (ModuleLayer.boot().findModule("jdk.jfr").isPresent() ? "present" : "missing"));
    }
}
