package io.github.llamaffm.fuzz;

import java.nio.file.Path;
import java.util.Optional;

/** A state that was saved: of one sequence or of a context, in memory or in a file. */
record Saved(boolean whole, Optional<byte[]> bytes, Optional<Path> file) {
}
