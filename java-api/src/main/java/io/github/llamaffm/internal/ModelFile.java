package io.github.llamaffm.internal;

import java.nio.file.Path;

/**
 * Where the bytes of a GGUF lie.
 *
 * @param path of the file that they are in
 * @param offset of the first one
 * @param length 0: to the end of the file, and offset is 0
 */
public record ModelFile(Path path, long offset, long length) {

    /** What llama.cpp asks of tensors in memory that it maps instead of reading. */
    private static final int ALIGNMENT = 32;

    /** A GGUF that is a file of its own. */
    public static ModelFile whole(Path path) {
        return new ModelFile(path, 0, 0);
    }

    /** Whether its tensors can be used where the file is mapped. */
    public boolean mappable() {
        return offset % ALIGNMENT == 0;
    }
}
