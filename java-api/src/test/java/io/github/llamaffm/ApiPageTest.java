package io.github.llamaffm;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page of the API has the signatures that the code has: no more, no others, and no type is left out. */
class ApiPageTest {

    private static final String PAGE = page();

    /** A modifier, the type that is returned, the name, the parameters. */
    private static final Pattern MEMBER =
            Pattern.compile("(static )?(?:default )?(\\w[\\w<>\\[\\],.? ]*) (\\w+)\\(([^()]*)\\)(?:;| \\{\\})");

    private static final Pattern RECORD = Pattern.compile("record (\\w+)\\(([^()]*)\\)");
    private static final Pattern COMMENT = Pattern.compile("//.*|/\\*\\*.*?\\*/");
    private static final Pattern QUALIFIER = Pattern.compile("(?:\\w+[.$])+");
    private static final Pattern COMMA = Pattern.compile(",(?![^<]*>)");

    static List<Class<?>> types() throws IOException, URISyntaxException, ClassNotFoundException {
        Path folder = Path.of(Model.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolve("io/github/llamaffm");
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class")).sorted().toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.contains("$") && !name.equals("package-info")) {
                    Class<?> type = Class.forName("io.github.llamaffm." + name, false, ApiPageTest.class.getClassLoader());
                    if (Modifier.isPublic(type.getModifiers())) {
                        types.add(type);
                    }
                }
            }
        }
        return types;
    }

    @Test
    void someTypesAreCompared() throws Exception {
        assertThat(types()).contains(Model.class, SamplerSpec.class, GrammarException.class);
    }

    @ParameterizedTest
    @MethodSource("types")
    void hasItsMembers(Class<?> type) {
        if (LlamaException.class.isAssignableFrom(type)) {
            hasItsRow(type);
            return;
        }
        String block = declaration(type);
        String code = COMMENT.matcher(block).replaceAll("");

        Set<String> members = new TreeSet<>();
        for (Class<?> each : nest(type)) {
            members.addAll(members(each));
            if (each.isEnum()) {
                assertThat(code).contains("enum %s { %s }".formatted(
                        each.getSimpleName(), Arrays.stream(each.getEnumConstants()).map(Object::toString).collect(joining(", "))));
            }
            if (each.getSimpleName().equals("Builder")) {
                hasItsBuilder(each, block);
            } else {
                assertThat(code).containsPattern("\\b(?:interface|record|class|enum) " + each.getSimpleName() + "\\b");
            }
        }

        assertThat(members(code)).isEqualTo(members);
    }

    /** Options are named once: only what is not one of them must be written. */
    private static void hasItsBuilder(Class<?> builder, String block) {
        List<String> options = Arrays.stream(builder.getEnclosingClass().getRecordComponents()).map(RecordComponent::getName).toList();
        for (Method method : builder.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !options.contains(method.getName()) && !method.getName().equals("build")) {
                assertThat(block).containsPattern("\\b" + method.getName() + "\\b");
            }
        }
    }

    private static void hasItsRow(Class<?> type) {
        String row = PAGE.lines().filter(line -> line.startsWith("| `" + type.getSimpleName() + "`")).findFirst().orElse("");
        if (type == LlamaException.class) {
            assertThat(PAGE).contains("`LlamaException` is sealed", "`List<String> nativeLog()`");
            return;
        }
        assertThat(row).endsWith("| in code |");
        for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers())) {
                assertThat(row).contains("`" + method.getName() + "()`");
            }
        }
    }

    /** From the line that declares it to the next declaration. */
    private static String declaration(Class<?> type) {
        Matcher start = Pattern.compile("^public [a-z ]*\\b(?:interface|record|class|enum) " + type.getSimpleName() + "\\b", Pattern.MULTILINE)
                .matcher(PAGE);
        assertThat(start.find()).as("declared in docs/api.md").isTrue();
        Matcher end = Pattern.compile("^(?:public|```)", Pattern.MULTILINE).matcher(PAGE);
        String block = PAGE.substring(start.start(), end.find(start.end()) ? end.start() : PAGE.length());
        assertThat(block).contains("// in code");
        return block;
    }

    private static List<Class<?>> nest(Class<?> type) {
        List<Class<?>> types = new ArrayList<>(List.of(type));
        for (Class<?> inner : type.getDeclaredClasses()) {
            if (Modifier.isPublic(inner.getModifiers())) {
                types.addAll(nest(inner));
            }
        }
        return types;
    }

    private static Set<String> members(Class<?> type) {
        Set<String> members = new TreeSet<>();
        if (type.getSimpleName().equals("Builder")) {
            return members;
        }
        for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic() && !isCommon(method)) {
                List<String> parameters = new ArrayList<>();
                for (var parameter : method.getGenericParameterTypes()) {
                    parameters.add(simple(parameter.getTypeName()));
                }
                String list = String.join(", ", parameters);
                list = method.isVarArgs() ? list.substring(0, list.length() - 2) + "..." : list;
                String modifier = Modifier.isStatic(method.getModifiers()) ? "static " : "";
                String returned = simple(method.getGenericReturnType().getTypeName());
                members.add("%s%s %s(%s)".formatted(modifier, returned, method.getName(), list));
            }
        }
        return members;
    }

    /** What every object, enum or link of a chain has. */
    private static boolean isCommon(Method method) {
        Class<?> type = method.getDeclaringClass();
        return Set.of("equals", "hashCode", "toString").contains(method.getName())
                || type.isEnum() && Set.of("values", "valueOf").contains(method.getName())
                || SamplerSpec.class.isAssignableFrom(type) && type != SamplerSpec.class && method.getName().equals("selects");
    }

    private static Set<String> members(String code) {
        Set<String> members = new TreeSet<>();
        Matcher member = MEMBER.matcher(code);
        while (member.find()) {
            if (!member.group(2).endsWith("record")) {
                String modifier = member.group(1) == null ? "" : member.group(1);
                members.add("%s%s %s(%s)".formatted(modifier, member.group(2), member.group(3), types(member.group(4))));
            }
        }
        Matcher records = RECORD.matcher(code);
        while (records.find()) {
            for (String component : COMMA.split(records.group(2).equals("...") ? "" : records.group(2))) {
                if (!component.isBlank()) {
                    members.add(component.strip() + "()");
                }
            }
        }
        return members;
    }

    private static String types(String parameters) {
        List<String> types = new ArrayList<>();
        for (String parameter : COMMA.split(parameters)) {
            types.add(parameter.strip().replaceAll(" \\w+$", ""));
        }
        return String.join(", ", types);
    }

    private static String simple(String name) {
        return QUALIFIER.matcher(name).replaceAll("");
    }

    private static String page() {
        try {
            return Files.readString(Path.of("../docs/api.md"));
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
