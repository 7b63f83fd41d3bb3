package io.github.llamaffm;

import java.nio.file.Path;
import java.util.List;

/** Where a GGUF model is. A value. */
public sealed interface ModelSource permits FileSource, ResourceSource, SplitSource {

    /**
     * A file. Of a split model it is the first one, as {@code llama-gguf-split} names them, such as {@code
     * model-00001-of-00003.gguf}; the others are found beside it.
     */
    static ModelSource path(Path path) {
        return new FileSource(path);
    }

    /**
     * All files of a split model, under any names, in their order.
     *
     * @param files at least one
     */
    static ModelSource splits(List<Path> files) {
        return new SplitSource(files);
    }

    /** A class-path resource, as the context class loader of this thread finds it. See {@link #resource(String, ClassLoader)}. */
    static ModelSource resource(String name) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return resource(name, loader == null ? ClassLoader.getSystemClassLoader() : loader);
    }

    /**
     * A class-path resource. A stored entry of a jar is used where it lies: mapped into memory where its bytes are aligned to
     * 32, read otherwise. A compressed one, or one that is not in a jar file, is extracted to the cache folder first.
     * A split model cannot be a resource.
     *
     * @param name such as {@code META-INF/llama-ffm/models/smollm2-135m.gguf}
     * @param loader that finds it
     */
    static ModelSource resource(String name, ClassLoader loader) {
        return new ResourceSource(name, loader);
    }
}
