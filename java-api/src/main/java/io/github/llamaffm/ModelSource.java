package io.github.llamaffm;

import java.nio.file.Path;

/** Where a GGUF model is. A value. */
public sealed interface ModelSource permits FileSource, ResourceSource {

    /** A file. */
    static ModelSource path(Path path) {
        return new FileSource(path);
    }

    /** A class-path resource, as the context class loader of this thread finds it. See {@link #resource(String, ClassLoader)}. */
    static ModelSource resource(String name) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return resource(name, loader == null ? ClassLoader.getSystemClassLoader() : loader);
    }

    /**
     * A class-path resource. A stored entry of a jar is used where it lies: mapped into memory where its bytes are aligned to
     * 32, read otherwise. A compressed one, or one that is not in a jar file, is extracted to the cache folder first.
     *
     * @param name such as {@code META-INF/llama-ffm/models/smollm2-135m.gguf}
     * @param loader that finds it
     */
    static ModelSource resource(String name, ClassLoader loader) {
        return new ResourceSource(name, loader);
    }
}
