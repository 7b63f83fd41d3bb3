package io.github.llamaffm.bindings;

import java.net.URL;

/**
 * Native libraries of one platform and one backend, as a jar brings them: a service that the jar provides, by its module
 * descriptor and by {@code META-INF/services}, so that they are found on the module path and on the class path alike.
 *
 * <p>Its files lie in one flat folder beside {@code index.properties}, which lists them with sizes and hashes. An
 * implementation answers constants and {@code getClass().getResource(…)}; it opens nothing itself.
 */
public interface NativeBundle {

    /** The platform the libraries are built for, such as {@code linux-x86_64} or {@code osx-aarch_64}. */
    String platform();

    /** What the libraries compute on, such as {@code cpu} or {@code cuda13}. */
    String backend();

    /**
     * Where a file of the folder is.
     *
     * @param name a plain file name, such as {@code index.properties}
     * @return its address, or null where the bundle has no such file
     */
    URL resource(String name);
}
