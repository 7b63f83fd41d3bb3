package io.github.llamaffm.hostile;

import java.nio.file.Path;

/** Kinds of hostile bytes. */
enum Kind {
    MODELS("Model files", 5000),
    STATES("Saved states", 5000),
    GRAMMARS("Grammars", 5000),
    ADAPTERS("LoRA adapters and control vectors", 1000);

    private final String title;
    private final int cases;

    Kind(String title, int cases) {
        this.title = title;
        this.cases = cases;
    }

    String title() {
        return title;
    }

    /** Of the long run. */
    int cases() {
        return cases;
    }

    Attack attack(Path folder, Path sources) {
        return switch (this) {
            case MODELS -> new ModelAttack(folder, sources);
            case STATES -> new StateAttack(folder);
            case GRAMMARS -> new GrammarAttack(folder, sources);
            case ADAPTERS -> new AdapterAttack(folder, sources);
        };
    }
}
