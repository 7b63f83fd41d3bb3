package io.github.llamaffm.support;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page that shows the public types of a package, and how it differs from the code. */
public final class ApiPage {

    /** A modifier, the type that is returned, the name, the parameters. */
    private static final Pattern MEMBER =
            Pattern.compile("(static )?(?:default )?(\\w[\\w<>\\[\\],.? ]*) (\\w+)\\(([^()]*)\\)(?: throws \\w+| default [^;]+)?(?:;| \\{\\})");

    private static final Pattern RECORD = Pattern.compile("record (\\w+)\\(([^()]*)\\)");
    private static final Pattern COMMENT = Pattern.compile("//.*|/\\*\\*.*?\\*/");
    private static final Pattern TYPE_PARAMETERS = Pattern.compile("(?<=\\s)<\\w+> ");
    private static final Pattern QUALIFIER = Pattern.compile("(?:\\w+[.$](?=\\w))+");
    private static final Pattern COMMA = Pattern.compile(",(?![^<]*>)");
    private static final String VISIBLE = "^(?:@\\w+ )?public ";

    private final String name;
    private final String page;
    private final Class<?> failure;
    private final String mark;
    private final Predicate<Method> common;

    /**
     * A page.
     *
     * @param name below {@code docs/}
     * @param failure whose kinds have rows in a table instead
     * @param mark what each type and row bears; may be empty
     * @param common methods that are not written down each time
     */
    public ApiPage(String name, Class<?> failure, String mark, Predicate<Method> common) {
        this.name = name;
        this.failure = failure;
        this.mark = mark;
        this.common = common;
        try {
            this.page = Files.readString(Path.of("..", "docs", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text. */
    public String text() {
        return page;
    }

    /** The public types of a package, as they are in the folder of one of them. */
    public static List<Class<?>> types(Class<?> one) {
        try {
            String prefix = one.getPackageName() + ".";
            Path folder = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).resolve(one.getPackageName().replace('.', '/'));
            List<Class<?>> types = new ArrayList<>();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".class")).sorted().toList()) {
                    String name = file.getFileName().toString().replace(".class", "");
                    if (!name.contains("$") && !name.equals("package-info")) {
                        Class<?> type = Class.forName(prefix + name, false, one.getClassLoader());
                        if (Modifier.isPublic(type.getModifiers())) {
                            types.add(type);
                        }
                    }
                }
            }
            return types;
        } catch (IOException | URISyntaxException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** What is to be changed on the page for a type, a line each; empty: nothing. */
    public List<String> differences(Class<?> type) {
        List<String> found = new ArrayList<>();
        if (failure.isAssignableFrom(type)) {
            compareRow(type, found);
            return found;
        }
        Matcher start = Pattern.compile(VISIBLE + "[a-z @-]*\\b(?:interface|record|class|enum) " + type.getSimpleName() + "\\b", Pattern.MULTILINE)
                .matcher(page);
        if (!start.find()) {
            return List.of("docs/%s does not declare %s".formatted(name, type.getSimpleName()));
        }
        Matcher end = Pattern.compile(VISIBLE + "|^```", Pattern.MULTILINE).matcher(page);
        String block = page.substring(start.start(), end.find(start.end()) ? end.start() : page.length());
        if (!block.contains(mark)) {
            found.add("%s of docs/%s lacks the mark '%s'".formatted(type.getSimpleName(), name, mark));
        }
        compareMembers(type, block, found);
        return found;
    }

    private void compareMembers(Class<?> type, String block, List<String> found) {
        String code = TYPE_PARAMETERS.matcher(COMMENT.matcher(block).replaceAll("")).replaceAll("");
        Set<String> members = new TreeSet<>();
        for (Class<?> each : nest(type)) {
            members.addAll(members(each));
            if (each.isEnum()) {
                require(code, "enum %s { %s }".formatted(each.getSimpleName(),
                        Arrays.stream(each.getEnumConstants()).map(Object::toString).collect(joining(", "))), type, found);
            }
            if (each.getSimpleName().equals("Builder")) {
                compareBuilder(each, block, found);
            } else if (!Pattern.compile("\\b(?:interface|record|class|enum) " + each.getSimpleName() + "\\b").matcher(code).find()) {
                found.add("%s of docs/%s lacks: %s".formatted(type.getSimpleName(), name, each.getSimpleName()));
            }
        }
        Set<String> written = written(code);
        members.stream().filter(member -> !written.contains(member))
                .forEach(member -> found.add("%s of docs/%s lacks: %s".formatted(type.getSimpleName(), name, member)));
        written.stream().filter(member -> !members.contains(member))
                .forEach(member -> found.add("%s of docs/%s has what the code has not: %s".formatted(type.getSimpleName(), name, member)));
    }

    private void require(String code, String text, Class<?> type, List<String> found) {
        if (!code.contains(text)) {
            found.add("%s of docs/%s lacks: %s".formatted(type.getSimpleName(), name, text));
        }
    }

    /** Options are named once: only what is not one of them must be written. */
    private void compareBuilder(Class<?> builder, String block, List<String> found) {
        for (Method method : builder.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !isComponent(builder.getEnclosingClass(), method) && !method.getName().equals("build")
                    && !Pattern.compile("\\b" + method.getName() + "\\b").matcher(block).find()) {
                found.add("%s of docs/%s does not mention: %s".formatted(builder.getEnclosingClass().getSimpleName(), name, method.getName()));
            }
        }
    }

    private void compareRow(Class<?> type, List<String> found) {
        String row = page.lines().filter(line -> line.startsWith("| `" + type.getSimpleName() + "`")).findFirst().orElse("");
        if (type == failure) {
            require(page, "`%s` is sealed".formatted(type.getSimpleName()), type, found);
            row = page;
        } else if (row.isEmpty() || !mark.isEmpty() && !row.endsWith("| in code |")) {
            found.add("docs/%s lacks the row of %s%s".formatted(name, type.getSimpleName(), mark.isEmpty() ? "" : ", or it is not 'in code'"));
        }
        for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !row.contains(method.getName() + "()`")) {
                found.add("the row of %s in docs/%s lacks: `%s()`".formatted(type.getSimpleName(), name, method.getName()));
            }
        }
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

    private Set<String> members(Class<?> type) {
        Set<String> members = new TreeSet<>();
        if (type.getSimpleName().equals("Builder")) {
            return members;
        }
        for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic() && !isCommon(method) && !isCopy(method)) {
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
    private boolean isCommon(Method method) {
        Class<?> type = method.getDeclaringClass();
        return Set.of("equals", "hashCode", "toString").contains(method.getName())
                || type.isEnum() && Set.of("values", "valueOf").contains(method.getName())
                || common.test(method);
    }

    /** Values of options are named once, too: what gives a copy with another one, or starts with one, has its name. */
    private static boolean isCopy(Method method) {
        Class<?> made = method.getReturnType();
        Class<?> type = Modifier.isStatic(method.getModifiers()) ? made.getDeclaringClass() : made;
        return method.getParameterCount() > 0 && isComponent(made, method) && type == method.getDeclaringClass();
    }

    private static boolean isComponent(Class<?> type, Method method) {
        return type.isRecord() && Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).anyMatch(method.getName()::equals);
    }

    private static Set<String> written(String code) {
        Set<String> members = new TreeSet<>();
        Matcher member = MEMBER.matcher(code);
        while (member.find()) {
            if (!member.group(2).endsWith("record")) {
                String modifier = member.group(1) == null ? "" : member.group(1);
                members.add("%s%s %s(%s)".formatted(modifier, simple(member.group(2)), member.group(3), types(member.group(4))));
            }
        }
        Matcher records = RECORD.matcher(code);
        while (records.find()) {
            for (String component : COMMA.split(records.group(2).equals("...") ? "" : records.group(2))) {
                if (!component.isBlank()) {
                    members.add(simple(component.strip()) + "()");
                }
            }
        }
        return members;
    }

    private static String types(String parameters) {
        List<String> types = new ArrayList<>();
        for (String parameter : COMMA.split(parameters)) {
            types.add(simple(parameter.strip().replaceAll(" \\w+$", "")));
        }
        return String.join(", ", types);
    }

    private static String simple(String name) {
        return QUALIFIER.matcher(name).replaceAll("");
    }
}
