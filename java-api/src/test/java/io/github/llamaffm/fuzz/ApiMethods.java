package io.github.llamaffm.fuzz;

import io.github.llamaffm.Model;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The classes of the library, and the public methods that operations are to call. */
final class ApiMethods {

    private static final String PACKAGE = Model.class.getPackageName();

    private ApiMethods() {}

    /** All classes of the API's package, those that nobody sees too. */
    static List<Class<?>> classes() {
        try {
            Path root = Path.of(Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            List<Class<?>> classes = new ArrayList<>();
            try (Stream<Path> files = Files.list(root.resolve(PACKAGE.replace('.', '/')))) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".class") && !name.equals("package-info.class")) {
                        classes.add(Class.forName(PACKAGE + "." + name.replace(".class", ""), false, ApiMethods.class.getClassLoader()));
                    }
                }
            }
            return classes;
        } catch (IOException | URISyntaxException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** Without what every value has, and without components of records, which {@link Values} reads by reflection. */
    static List<Method> methods() {
        return classes().stream().filter(ApiMethods::isPublic)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic() && !isCommon(method))
                .toList();
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers()) && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
    }

    private static boolean isCommon(Method method) {
        Class<?> type = method.getDeclaringClass();
        return Set.of("equals", "hashCode", "toString").contains(method.getName())
                || type.isEnum() && Set.of("values", "valueOf").contains(method.getName())
                || type.isRecord() && method.getParameterCount() == 0 && Arrays.stream(type.getRecordComponents())
                        .anyMatch(component -> component.getName().equals(method.getName()));
    }

    /** Such as {@code Model.load(Path)}. */
    static String name(Method method) {
        return simple(method.getDeclaringClass().getName()) + "." + method.getName() + Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName).collect(Collectors.joining(",", "(", ")"));
    }

    /** Without the package. */
    static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
