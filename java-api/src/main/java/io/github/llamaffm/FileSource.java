package io.github.llamaffm;

import java.nio.file.Path;

/** A model that is a file of its own. */
record FileSource(Path path) implements ModelSource {

    @Override
    public String toString() {
        return path.toString();
    }
}
