package io.github.llamaffm.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.github.llamaffm.Model;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whoever adds a public method adds it to an operation: each one is called by what an operation calls in this package, is a method that
 * the library calls and a class here implements, or is one of the {@link #EXCEPT exceptions}.
 */
class ApiCoverageTest {

    /** Public methods that no operation calls, with the reason. */
    private static final Map<String, String> EXCEPT = Map.of();

    private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(ApiCoverageTest.class.getPackageName());

    @Test
    void everyPublicMethodIsReachedByAnOperation() throws Exception {
        Set<String> called = called();
        assertThat(called).contains("Model.load(Path)", "Sequence.fork()", "ModelOptions$Builder.build()");

        Set<String> missing = new TreeSet<>();
        for (Class<?> type : types()) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic() && !isCommon(method)
                        && !called.contains(name(method)) && !isCalledAsInherited(method, called)) {
                    missing.add(name(method));
                }
            }
        }
        assertThat(missing).as("public methods that no operation of the fuzzer calls: add them to one").isEqualTo(EXCEPT.keySet());
    }

    /** What every value has; components of records, which {@link Values} reads by reflection. */
    private static boolean isCommon(Method method) {
        Class<?> type = method.getDeclaringClass();
        return Set.of("equals", "hashCode", "toString").contains(method.getName())
                || type.isEnum() && Set.of("values", "valueOf").contains(method.getName())
                || type.isRecord() && method.getParameterCount() == 0 && Arrays.stream(type.getRecordComponents())
                        .anyMatch(component -> component.getName().equals(method.getName()));
    }

    private static boolean isCalledAsInherited(Method method, Set<String> called) {
        return Arrays.stream(method.getDeclaringClass().getInterfaces()).anyMatch(parent -> called.contains(
                parent.getName().replaceAll(".*\\.", "") + name(method).substring(name(method).indexOf('.'))));
    }

    /** What is called from the operations on, and from where their exceptions are read. */
    private static Set<String> called() {
        Set<String> called = new HashSet<>();
        ArrayDeque<JavaCodeUnit> open = new ArrayDeque<>();
        Set<JavaCodeUnit> seen = new HashSet<>();
        CLASSES.stream().flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(Operation.class)
                        || method.getOwner().isEquivalentTo(Values.class) && method.getName().equals("readFailure"))
                .forEach(open::add);
        while (!open.isEmpty()) {
            JavaCodeUnit unit = open.remove();
            if (!seen.add(unit)) {
                continue;
            }
            Stream.of(unit.getMethodCallsFromSelf(), unit.getMethodReferencesFromSelf(), unit.getConstructorCallsFromSelf(),
                            unit.getConstructorReferencesFromSelf())
                    .flatMap(Set::stream)
                    .forEach(access -> follow(access, called, open));
        }
        return called;
    }

    private static void follow(JavaAccess<?> access, Set<String> called, ArrayDeque<JavaCodeUnit> open) {
        JavaClass owner = access.getTargetOwner();
        if (CLASSES.contain(owner.getName())) {
            // Whoever makes an object may have all of its methods called, by the library too.
            CLASSES.get(owner.getName()).getCodeUnits().stream()
                    .filter(unit -> access.getTarget().getName().equals(JavaConstructor.CONSTRUCTOR_NAME) || unit.getName().equals(access.getTarget().getName()))
                    .forEach(unit -> {
                        open.add(unit);
                        owner.getAllRawInterfaces().stream()
                                .filter(parent -> parent.getPackageName().equals(Model.class.getPackageName()))
                                .forEach(parent -> called.add(name(parent.getName(), unit)));
                    });
        } else if (access.getTarget() instanceof CodeUnitAccessTarget target) {
            called.add(simple(owner.getName()) + "." + target.getName() + "(" + target.getRawParameterTypes().stream()
                    .map(JavaClass::getSimpleName).collect(Collectors.joining(",")) + ")");
        }
    }

    private static String name(String owner, JavaCodeUnit unit) {
        return simple(owner) + "." + unit.getName() + "(" + unit.getRawParameterTypes().stream()
                .map(JavaClass::getSimpleName).collect(Collectors.joining(",")) + ")";
    }

    private static String name(Method method) {
        return simple(method.getDeclaringClass().getName()) + "." + method.getName() + "(" + Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName).collect(Collectors.joining(",")) + ")";
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<Class<?>> types() throws Exception {
        Path folder = Path.of(Model.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolve("io/github/llamaffm");
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().matches("(?!.*package-info).*\\.class")).sorted().toList()) {
                Class<?> type = Class.forName("io.github.llamaffm." + file.getFileName().toString().replace(".class", ""), false,
                        ApiCoverageTest.class.getClassLoader());
                if (isPublic(type)) {
                    types.add(type);
                }
            }
        }
        assertThat(types).hasSizeGreaterThan(100);
        return types;
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers()) && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
    }
}
