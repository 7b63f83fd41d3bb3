package io.github.llamaffm.natives;

import io.github.llamaffm.Context;
import io.github.llamaffm.Generation;
import io.github.llamaffm.Model;
import java.nio.file.Path;

/** The shortest way to a token, with every default. Argument: a model. */
final class FirstToken {
    private FirstToken() {
    }

    /** Its loading marks the moment in the log of loaded classes. */
    static final class Reached {
        static String piece = "";
    }

    public static void main(String[] arguments) {
        try (Model model = Model.load(Path.of(arguments[0]));
                Context context = model.newContext();
                Generation generation = context.generate("The capital of France is")) {
            Reached.piece = generation.iterator().next();
        }
    }
}
