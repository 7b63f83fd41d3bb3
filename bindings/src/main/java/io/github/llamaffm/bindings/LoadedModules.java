package io.github.llamaffm.bindings;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The modules that were loaded into a core library, whichever class loader did it. A second copy of a module, from another
 * folder, would be a second device.
 *
 * <p>Kept in a system property, which all class loaders of the process share; to be used under the loader's process lock.
 * What is mapped does not tell: a module whose score was asked for may stay mapped although it was closed.
 *
 * @param core path of the core library
 */
record LoadedModules(Path core) {

    private String property() {
        return "io.github.llamaffm.bindings.modules." + core;
    }

    void add(Path module) {
        System.setProperty(property(), System.getProperty(property(), "") + module + '\n');
    }

    /** The loaded CPU module. */
    Optional<Path> cpu() {
        return find(module -> NativeIndex.isCpuModule(module.getFileName().toString()));
    }

    /** The loaded module of that file name. */
    Optional<Path> named(String fileName) {
        return find(module -> module.endsWith(fileName));
    }

    private Optional<Path> find(Predicate<Path> wanted) {
        String modules = System.getProperty(property(), "");
        return modules.lines().map(Path::of).filter(wanted).findFirst();
    }
}
