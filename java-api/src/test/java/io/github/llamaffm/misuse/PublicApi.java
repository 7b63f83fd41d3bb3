package io.github.llamaffm.misuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamaffm.Model;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What can be said at all. */
final class PublicApi {

    private static final String PACKAGE = "io/github/llamaffm";

    private PublicApi() {}

    /** Fails if there is a public method with such a name. */
    static void hasNo(String methods) {
        assertThat(methods().map(Method::getName).filter(Pattern.compile(methods).asMatchPredicate())).isEmpty();
    }

    /** Fails unless these are the parameters of the methods of that name. */
    static void takes(Class<?> type, String method, List<?>... parameters) {
        assertThat(Stream.of(type.getMethods()).filter(each -> each.getName().equals(method)).map(each -> List.of(each.getParameterTypes())))
                .containsExactlyInAnyOrderElementsOf(List.of(parameters).stream().map(each -> each.stream().<Class<?>>map(Class.class::cast).toList()).toList());
    }

    private static Stream<Method> methods() {
        List<Class<?>> types = types();
        // Else nothing was looked at.
        assertThat(types).contains(Model.class).hasSizeGreaterThan(50);
        return types.stream().flatMap(type -> Stream.of(type.getDeclaredMethods())).filter(method -> Modifier.isPublic(method.getModifiers()));
    }

    private static List<Class<?>> types() {
        try {
            URI place = Model.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            if (Files.isDirectory(Path.of(place))) {
                return types(Path.of(place));
            }
            try (FileSystem jar = FileSystems.newFileSystem(Path.of(place), Map.of())) {
                return types(jar.getPath("/"));
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static List<Class<?>> types(Path root) throws IOException, ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve(PACKAGE))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                Class<?> type = name.equals("package-info") ? Object.class : Class.forName(Model.class.getPackageName() + "." + name);
                if (isPublic(type)) {
                    types.add(type);
                }
            }
        }
        return types;
    }

    private static boolean isPublic(Class<?> type) {
        return type != Object.class && Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }
}
