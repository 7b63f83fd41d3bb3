package io.github.llamaffm;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The rules of the house for this room. */
@AnalyzeClasses(packages = "io.github.llamaffm", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** Methods for which the JDK asks for native access of their caller. */
    private static final Map<Class<?>, Set<String>> RESTRICTED = Map.of(
            MemorySegment.class, Set.of("reinterpret"),
            AddressLayout.class, Set.of("withTargetLayout"),
            Linker.class, Set.of("downcallHandle", "upcallStub"),
            SymbolLookup.class, Set.of("libraryLookup"),
            System.class, Set.of("load", "loadLibrary"),
            Runtime.class, Set.of("load", "loadLibrary"));

    @ArchTest
    static final ArchRule noNativeMemoryInThePublicApi = methods()
            .that().arePublic().and().areDeclaredInClassesThat(isApi()).and().doNotHaveName("unsafeSegment")
            .should(mentionNo(MemorySegment.class));

    @ArchTest
    static final ArchRule implementationsAreNotVisible = classes()
            .that().resideInAPackage("io.github.llamaffm").and().haveSimpleNameStartingWith("Native")
            .and().doNotHaveSimpleName("NativeLoadException")
            .should().notBePublic();

    @ArchTest
    static final ArchRule noCyclesBetweenPackages =
            slices().matching("io.github.llamaffm.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule internalIsALeaf = noClasses()
            .that().resideInAPackage("io.github.llamaffm.internal..")
            .should().dependOnClassesThat().resideInAPackage("io.github.llamaffm");

    @ArchTest
    static final ArchRule bindingsKnowNobody = noClasses()
            .that().resideInAPackage("io.github.llamaffm.bindings..")
            .should().dependOnClassesThat(resideInAPackage("io.github.llamaffm")
                    .or(resideInAPackage("io.github.llamaffm.internal.."))
                    .or(resideInAPackage("org.slf4j.."))
                    .or(resideInAPackage("org.apache.commons..")));

    @ArchTest
    static final ArchRule testkitNeedsTheJdkOnly = classes()
            .that().resideInAPackage("io.github.llamaffm.testkit..")
            .should().onlyDependOnClassesThat().resideInAnyPackage("java..", "io.github.llamaffm.testkit..");

    @ArchTest
    static final ArchRule nothingNeedsTheTestkit = noClasses()
            .that().resideOutsideOfPackage("io.github.llamaffm.testkit..")
            .should().dependOnClassesThat().resideInAPackage("io.github.llamaffm.testkit..");

    @ArchTest
    static final ArchRule onlyFewLibraries = classes()
            .that().resideInAnyPackage("io.github.llamaffm", "io.github.llamaffm.internal..")
            .should().onlyDependOnClassesThat().resideInAnyPackage(
                    "java..", "org.slf4j..", "org.apache.commons.io..", "org.jspecify.annotations..",
                    "jdk.jfr..", "io.github.llamaffm..");

    /** The module may be missing: who names a type of it cannot be loaded then. */
    @ArchTest
    static final ArchRule flightRecorderInEventsOnly = noClasses()
            .that().resideInAPackage("io.github.llamaffm..").and().haveSimpleNameNotEndingWith("Event").and().doNotHaveSimpleName("Events")
            .should().dependOnClassesThat().resideInAPackage("jdk.jfr..");

    @ArchTest
    static final ArchRule restrictedMethodsInBindingsOnly = noClasses()
            .that().resideOutsideOfPackage("io.github.llamaffm.bindings..")
            .should().accessTargetWhere(describe("is a restricted method", ArchitectureTest::isRestricted));

    @ArchTest
    static final ArchRule nothingPrints = noClasses()
            .that().resideInAnyPackage("io.github.llamaffm", "io.github.llamaffm.internal..")
            .should().accessField(System.class, "out")
            .orShould().accessField(System.class, "err")
            .orShould().callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static final ArchRule accessorsHaveNoGet = methods()
            .that().arePublic().and().areDeclaredInClassesThat(isApi())
            .should().haveNameNotMatching("get[A-Z].*");

    private static DescribedPredicate<JavaClass> isApi() {
        return describe("are the public API", type -> type.getPackageName().equals("io.github.llamaffm")
                && type.getModifiers().contains(JavaModifier.PUBLIC));
    }

    private static boolean isRestricted(JavaAccess<?> access) {
        return RESTRICTED.entrySet().stream().anyMatch(restricted ->
                access.getTargetOwner().isAssignableTo(restricted.getKey())
                        && restricted.getValue().contains(access.getTarget().getName()));
    }

    private static ArchCondition<JavaMethod> mentionNo(Class<?> type) {
        return new ArchCondition<>("mention no " + type.getSimpleName()) {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean mentions = Stream.concat(
                                method.getParameterTypes().stream(), Stream.of(method.getReturnType()))
                        .flatMap(mentioned -> mentioned.getAllInvolvedRawTypes().stream())
                        .anyMatch(raw -> raw.isEquivalentTo(type));
                events.add(new SimpleConditionEvent(method, !mentions, method.getFullName()));
            }
        };
    }
}
