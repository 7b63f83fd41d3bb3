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
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
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
    void everyPublicMethodIsReachedByAnOperation() {
        Set<String> called = called();
        assertThat(called).contains("Model.load(Path)", "Sequence.fork()", "ModelOptions$Builder.build()");

        Set<String> missing = new TreeSet<>();
        assertThat(ApiMethods.methods()).hasSizeGreaterThan(300);
        for (Method method : ApiMethods.methods()) {
            if (!called.contains(ApiMethods.name(method)) && !isCalledAsInherited(method, called)) {
                missing.add(ApiMethods.name(method));
            }
        }
        assertThat(missing).as("public methods that no operation of the fuzzer calls: add them to one").isEqualTo(EXCEPT.keySet());
    }

    /** Such as the selects() of each sampler. */
    private static boolean isCalledAsInherited(Method method, Set<String> called) {
        return Arrays.stream(method.getDeclaringClass().getInterfaces()).anyMatch(parent -> called.contains(
                ApiMethods.simple(parent.getName()) + ApiMethods.name(method).substring(ApiMethods.name(method).indexOf('.'))));
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
            called.add(ApiMethods.simple(owner.getName()) + "." + target.getName() + "(" + target.getRawParameterTypes().stream()
                    .map(JavaClass::getSimpleName).collect(Collectors.joining(",")) + ")");
        }
    }

    private static String name(String owner, JavaCodeUnit unit) {
        return ApiMethods.simple(owner) + "." + unit.getName() + "(" + unit.getRawParameterTypes().stream()
                .map(JavaClass::getSimpleName).collect(Collectors.joining(",")) + ")";
    }
}
