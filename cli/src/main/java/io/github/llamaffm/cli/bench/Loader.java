package io.github.llamaffm.cli.bench;

import io.github.llamaffm.Model;
import io.github.llamaffm.ModelOptions;

/** Loads models by the names that the user gave. */
@FunctionalInterface
public interface Loader {

    /** @param options to be completed with what else a load needs */
    Model load(String name, ModelOptions.Builder options);
}
