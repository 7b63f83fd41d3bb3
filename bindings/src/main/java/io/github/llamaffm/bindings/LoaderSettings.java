package io.github.llamaffm.bindings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the user asked for, by system property or environment variable; a property wins. Empty values count as absent.
 *
 * @param libraryPath    folder with the native libraries
 * @param cacheDirectory where libraries from jars are extracted
 * @param layoutIsEnough whether a library of another ABI id is accepted when its structs have our layout
 * @param backends       names of the GPU backends to use; absent: all
 * @param crashDirectory where an abort that cannot be caught leaves its last words
 */
record LoaderSettings(
        Optional<Named> libraryPath,
        Optional<Named> cacheDirectory,
        boolean layoutIsEnough,
        Optional<List<String>> backends,
        Optional<String> crashDirectory) {

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
        return new LoaderSettings(
                named("llamaffm.library.path", properties, "LLAMAFFM_LIBRARY_PATH", environment),
                named("llamaffm.cache.dir", properties, "LLAMAFFM_CACHE_DIR", environment),
                "layout".equals(abi),
                value(properties.apply("llamaffm.backends")).map(LoaderSettings::names),
                value(properties.apply("llamaffm.crash.dir")));
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
