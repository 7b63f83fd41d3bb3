package io.github.llamaffm.bindings;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The core libraries that are open, and the modules that were loaded into one, whichever class loader did it. A second copy of a module, from another
 * folder, would be a second device.
 *
 * <p>Kept in a system property, which all class loaders of the process share; to be used under the loader's process lock.
 * What is mapped does not tell: a module whose score was asked for may stay mapped although it was closed.
 *
 * @param core path of the core library
 */
record LoadedModules(Path core) {

    private static final String CORE = "io.github.llamaffm.bindings.core.";

    /** The open core library of that file name. */
    static Optional<Path> core(String fileName) {
        return Optional.ofNullable(System.getProperty(CORE + fileName)).map(Path::of);
    }

    /** @param fileName names the ABI id: there is one open core of each */
    static void addCore(String fileName, Path path) {
        System.setProperty(CORE + fileName, path.toString());
    }

    private String property() {
        return "io.github.llamaffm.bindings.modules." + core;
    }

    /** @param path what was opened: of a file in memory it does not tell the name */
    void add(String fileName, Path path) {
        System.setProperty(property(), System.getProperty(property(), "") + fileName + ':' + path + '\n');
    }

    /** The loaded CPU module. */
    Optional<Path> cpu() {
        return find(NativeIndex::isCpuModule);
    }

    /** The loaded module of that file name. */
    Optional<Path> named(String fileName) {
        return find(fileName::equals);
    }

    private Optional<Path> find(Predicate<String> wanted) {
        for (String module : System.getProperty(property(), "").split("\n")) {
            int colon = module.indexOf(':');
            if (colon > 0 && wanted.test(module.substring(0, colon))) {
                return Optional.of(Path.of(module.substring(colon + 1)));
            }
        }
        return Optional.empty();
    }
}
