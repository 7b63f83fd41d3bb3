package io.github.llamaffm.chat;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** The rules of the house for this room. */
@AnalyzeClasses(packages = "io.github.llamaffm.chat", importOptions = ArchitectureTest.NoTests.class)
class ArchitectureTest {

    /** Wherever they were compiled to. */
    static final class NoTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("test-classes");
        }
    }

    /** Native memory is the business of the layers below, which give text: only what they made for chats is used of their inside. */
    @ArchTest
    static final ArchRule fewLibraries = classes().should().onlyDependOnClassesThat().resideInAnyPackage(
            "java.io..", "java.lang", "java.lang.annotation..", "java.lang.invoke..", "java.lang.reflect..", "java.lang.runtime..", "java.math..",
            "java.net..", "java.nio..", "java.security..", "java.time..", "java.util..", "tools.jackson..", "com.fasterxml.jackson.annotation..",
            "org.jspecify.annotations..", "io.github.llamaffm", "io.github.llamaffm.internal.chat..", "io.github.llamaffm.internal.state..", "io.github.llamaffm.chat..");

    /** Those who depend on it choose what reads JSON for them. */
    @ArchTest
    static final ArchRule noJacksonInThePublicApi = methods()
            .that().arePublic().and().areDeclaredInClassesThat(isApi())
            .should(mentionNo("tools.jackson."));

    @ArchTest
    static final ArchRule noNativeInsideInThePublicApi = methods()
            .that().arePublic().and().areDeclaredInClassesThat(isApi())
            .should(mentionNo("io.github.llamaffm.internal."));

    @ArchTest
    static final ArchRule nothingPrints = noClasses()
            .should().accessField(System.class, "out")
            .orShould().accessField(System.class, "err")
            .orShould().callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static final ArchRule accessorsHaveNoGet = methods()
            .that().arePublic().and().areDeclaredInClassesThat(isApi())
            .should().haveNameNotMatching("get[A-Z].*");

    @ArchTest
    static final ArchRule failuresAreOfOneFamily = classes()
            .that().areAssignableTo(Throwable.class).and().doNotHaveSimpleName("ChatException").and().arePublic()
            .should().beAssignableTo(ChatException.class);

    private static DescribedPredicate<JavaClass> isApi() {
        return describe("are the public API", type -> type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(outer -> outer.getModifiers().contains(JavaModifier.PUBLIC)).orElse(true));
    }

    private static ArchCondition<JavaMethod> mentionNo(String prefix) {
        return new ArchCondition<>("mention nothing of " + prefix) {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean mentions = Stream.concat(method.getParameterTypes().stream(), Stream.of(method.getReturnType()))
                        .flatMap(mentioned -> mentioned.getAllInvolvedRawTypes().stream())
                        .anyMatch(raw -> raw.getName().startsWith(prefix));
                events.add(new SimpleConditionEvent(method, !mentions, method.getFullName()));
            }
        };
    }
}
