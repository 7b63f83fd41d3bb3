package io.github.llamaffm;

import java.nio.file.Path;
import java.util.List;

/** A model in several files. */
record SplitSource(List<Path> files) implements ModelSource {

    SplitSource {
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("a split model has at least one file");
        }
    }

    @Override
    public String toString() {
        return files.size() == 1 ? files.getFirst().toString() : files.getFirst() + " and " + (files.size() - 1) + " more";
    }
}
