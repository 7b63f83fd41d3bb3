package io.github.llamaffm.bindings;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the user asked for, by system property or environment variable; a property wins. Empty values count as absent.
 *
 * @param libraryPath    folder with the core library
 * @param moduleFolders  further folders, with modules for it
 * @param cacheDirectory where libraries from jars are extracted
 * @param layoutIsEnough whether a library of another ABI id is accepted when its structs have our layout
 * @param cudaFolders    where the CUDA run-time libraries are looked for first
 * @param backends       names of the GPU backends to use; absent: all
 * @param crashDirectory where an abort that cannot be caught leaves its last words
 * @param probe          whether a process of its own tries first what is loaded
 */
record LoaderSettings(
        Optional<Named> libraryPath,
        List<Named> moduleFolders,
        Optional<Named> cacheDirectory,
        List<Named> cudaFolders,
        boolean layoutIsEnough,
        Optional<List<String>> backends,
        Optional<String> crashDirectory,
        boolean probe) {

    /** A value and the name of the property or variable that gave it. */
    record Named(String origin, String value) {

        Path path() throws Unusable {
            try {
                return Path.of(value).toAbsolutePath().normalize();
            } catch (InvalidPathException e) {
                throw new Unusable(
                        origin + " is not a path: " + e.getMessage(),
                        "If it has letters that are not ASCII, start Java in a UTF-8 locale, such as LC_ALL=C.UTF-8.");
            }
        }
    }

    static LoaderSettings current() throws Unusable {
        return of(System::getProperty, System::getenv);
    }

    static LoaderSettings of(UnaryOperator<String> properties, UnaryOperator<String> environment) throws Unusable {
        String abi = properties.apply("llamaffm.abi");
        if (abi != null && !abi.isEmpty() && !abi.equals("layout")) {
            throw new Unusable("-Dllamaffm.abi=" + abi, "Leave it out, or write -Dllamaffm.abi=layout.");
        }
        String probe = properties.apply("llamaffm.probe");
        if (probe != null && !List.of("", "false", "true").contains(probe)) {
            throw new Unusable("-Dllamaffm.probe=" + probe, "Leave it out, or write -Dllamaffm.probe=true.");
        }
        List<Named> libraries = list(named("llamaffm.library.path", properties, "LLAMAFFM_LIBRARY_PATH", environment));
        return new LoaderSettings(
                libraries.stream().findFirst(),
                libraries.stream().skip(1).toList(),
                named("llamaffm.cache.dir", properties, "LLAMAFFM_CACHE_DIR", environment),
                list(named("llamaffm.cuda.path", properties, "LLAMAFFM_CUDA_PATH", environment)),
                "layout".equals(abi),
                value(properties.apply("llamaffm.backends")).map(LoaderSettings::names),
                value(properties.apply("llamaffm.crash.dir")),
                "true".equals(probe));
    }

    boolean wantsBackend(String name) {
        return backends.isEmpty() || backends.get().contains(name);
    }

    private static Optional<Named> named(
            String property, UnaryOperator<String> properties, String variable, UnaryOperator<String> environment) {
        return value(properties.apply(property))
                .map(value -> new Named("-D" + property, value))
                .or(() -> value(environment.apply(variable)).map(value -> new Named(variable, value)));
    }

    /** The folders of a list as a class path is one. */
    private static List<Named> list(Optional<Named> named) {
        List<Named> folders = new ArrayList<>();
        if (named.isPresent()) {
            for (String folder : named.get().value().split(File.pathSeparator)) {
                if (!folder.isEmpty()) {
                    folders.add(new Named(named.get().origin(), folder));
                }
            }
        }
        return List.copyOf(folders);
    }

    private static Optional<String> value(String text) {
        return text == null || text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        for (String name : list.split(",")) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        return List.copyOf(names);
    }
}
