package io.github.llamaffm.bindings;

import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads sizes, offsets, constants and function names off the compiled generated classes. {@code ci/bindings} runs it to
 * write the tables; tests run it to see that the tables still say the same.
 */
final class GeneratedLayouts {
    static final String PACKAGE = "io.github.llamaffm.bindings.generated";

    private static final Path SOURCES = Path.of("bindings/src/generated/java", PACKAGE.split("\\."));
    private static final Path RESOURCES = Path.of("bindings/src/generated/resources/io/github/llamaffm/bindings");
    static final Path TABLE = RESOURCES.resolve("abi-table.txt");
    static final Path SYMBOLS = RESOURCES.resolve("symbols.txt");
    static final Path TABLE_FOR_C = Path.of("native/shim/abi_table.inc");

    private final Path root;
    private final List<GroupLayout> structs;
    private final Class<?> header;

    /** @param root the repository, whose generated sources name the classes to look at */
    GeneratedLayouts(Path root) throws IOException, ReflectiveOperationException {
        this.root = root;
        this.header = Class.forName(PACKAGE + ".LlamaFfm");
        var layouts = new ArrayList<GroupLayout>();
        try (Stream<Path> files = Files.list(root.resolve(SOURCES))) {
            for (Path file : files.sorted().toList()) {
                Class<?> type = Class.forName(PACKAGE + "." + file.getFileName().toString().replace(".java", ""));
                if (Arrays.stream(type.getMethods()).anyMatch(method -> method.getName().equals("layout"))) {
                    layouts.add((GroupLayout) type.getMethod("layout").invoke(null));
                }
            }
        }
        this.structs = List.copyOf(layouts);
    }

    public static void main(String[] args) throws Exception {
        var layouts = new GeneratedLayouts(Path.of(args[0]));
        Files.createDirectories(layouts.root.resolve(RESOURCES));
        Files.writeString(layouts.root.resolve(TABLE), layouts.table());
        Files.writeString(layouts.root.resolve(SYMBOLS), layouts.symbols());
        Files.writeString(layouts.root.resolve(TABLE_FOR_C), layouts.tableForC());
    }

    /** The text that {@link AbiTable#parse} reads. */
    String table() throws ReflectiveOperationException {
        var lines = new ArrayList<String>();
        for (GroupLayout struct : structs) {
            lines.add("sizeof " + name(struct) + " " + struct.byteSize());
            for (Member member : members(struct, 0)) {
                lines.add("offsetof " + name(struct) + "." + member.name + " " + member.offset);
            }
        }
        for (Field constant : constants()) {
            lines.add("enum " + constant.getName() + " " + ((Number) constant.get(null)).longValue());
        }
        return text(lines);
    }

    /** The same facts as macro calls, for the C compiler to fill in the numbers. */
    String tableForC() throws IOException {
        var lines = new ArrayList<String>();
        lines.add("// Written by ci/bindings: what lf_abi_table tells. Included by abi.cpp, which defines the macros.");
        String headers = boundHeaders();
        for (GroupLayout struct : structs) {
            String type = spelling(name(struct), headers);
            lines.add("LF_SIZEOF(" + type + ", \"" + name(struct) + "\")");
            for (Member member : members(struct, 0)) {
                lines.add("LF_OFFSETOF(%s, %s, \"%s.%s\")".formatted(type, member.name, name(struct), member.name));
            }
        }
        constants().forEach(constant -> lines.add("LF_ENUM(" + constant.getName() + ")"));
        return text(lines);
    }

    /** The names of the bound functions. */
    String symbols() {
        return text(Arrays.stream(header.getDeclaredClasses())
                .filter(holder -> Arrays.stream(holder.getDeclaredFields()).anyMatch(field -> field.getName().equals("ADDR")))
                .map(Class::getSimpleName)
                .sorted()
                .toList());
    }

    private record Member(String name, long offset) {
    }

    /** The members that C can name: those of an unnamed union count as the struct's own. */
    private static List<Member> members(GroupLayout group, long start) {
        var members = new ArrayList<Member>();
        long offset = start;
        for (MemoryLayout layout : group.memberLayouts()) {
            if (layout instanceof GroupLayout inner && name(inner).startsWith("$anon$")) {
                members.addAll(members(inner, offset));
            } else if (!(layout instanceof PaddingLayout)) {
                members.add(new Member(name(layout), offset));
            }
            if (!(group instanceof java.lang.foreign.UnionLayout)) {
                offset += layout.byteSize();
            }
        }
        return members;
    }

    private static String name(MemoryLayout layout) {
        return layout.name().orElseThrow(() -> new IllegalStateException("a layout without a name: " + layout));
    }

    /** jextract keeps each constant in a field and returns it from a method of the same name. */
    private List<Field> constants() {
        return Arrays.stream(header.getDeclaredFields())
                .filter(field -> field.getType().isPrimitive() && Modifier.isPrivate(field.getModifiers()))
                .peek(field -> field.setAccessible(true))
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .toList();
    }

    /** With its tag where it has one, because functions of the same name hide some structs. */
    private static String spelling(String name, String headers) {
        return Pattern.compile("\\bstruct\\s+" + name + "\\s*\\{").matcher(headers).find() ? "struct " + name : name;
    }

    private String boundHeaders() throws IOException {
        var text = new StringBuilder(Files.readString(root.resolve("native/shim/llamaffm.h")));
        for (String folder : List.of("include", "ggml/include", "tools/mtmd")) {
            try (Stream<Path> files = Files.list(root.resolve("third_party/llama.cpp/source").resolve(folder))) {
                for (Path file : files.filter(file -> file.toString().endsWith(".h")).sorted().toList()) {
                    text.append(Files.readString(file));
                }
            }
        }
        return text.toString();
    }

    private static String text(List<String> lines) {
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }
}
