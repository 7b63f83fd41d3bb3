package io.github.llamaffm.bindings;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What GraalVM's native-image cannot see by itself: call shapes, the methods that callbacks are looked up by, resources.
 * {@code ci/bindings} runs it to write the file; a test runs it to see that the file still says the same.
 */
final class ReachabilityMetadata {

    static final Path FILE = Path.of("bindings/src/main/resources/META-INF/native-image/io.github.llamaffm/llama-ffm-bindings",
            "reachability-metadata.json");

    private static final List<String> RESOURCES = List.of(
            "META-INF/llama-ffm/natives/**", "io/github/llamaffm/bindings/abi-table.txt",
            "io/github/llamaffm/bindings/bindings.lock", "io/github/llamaffm/bindings/symbols.txt");

    private ReachabilityMetadata() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]).resolve(FILE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text(Path.of(arguments[0])));
    }

    /** @param root the repository */
    static String text(Path root) throws IOException, ReflectiveOperationException {
        List<CallShapes> shapes = CallShapes.all(root);
        return """
                {
                  "comment": "Written by ci/bindings. Not tried: docs/release.md",
                  "reflection": [
                %s
                  ],
                  "resources": [
                %s
                  ],
                  "foreign": {
                    "downcalls": [
                %s
                    ],
                    "upcalls": [
                %s
                    ]
                  }
                }
                """.formatted(
                callbacks(root).stream().map(entry -> "    " + entry).collect(Collectors.joining(",\n")),
                RESOURCES.stream().map(glob -> "    {\"glob\": \"" + glob + "\"}").collect(Collectors.joining(",\n")),
                list(shapes.stream()),
                list(shapes.stream().filter(CallShapes::calledFromNative)));
    }

    private static String list(Stream<CallShapes> shapes) {
        return shapes.map(ReachabilityMetadata::entry).distinct().sorted().map(entry -> "      " + entry).collect(Collectors.joining(",\n"));
    }

    private static String entry(CallShapes shape) {
        return "{\"returnType\": \"%s\", \"parameterTypes\": [%s]%s}".formatted(
                shape.result().map(ReachabilityMetadata::type).orElse("void"),
                shape.parameters().stream().map(layout -> '"' + type(layout) + '"').collect(Collectors.joining(", ")),
                shape.options().isEmpty() ? "" : ", \"options\": {" + String.join(", ", shape.options()) + "}");
    }

    /** In native-image's words; names of C, which its linker gives the same layouts as ours on every platform. */
    static String type(MemoryLayout layout) {
        return switch (layout) {
            case AddressLayout _ -> "void*";
            case ValueLayout.OfBoolean _ -> "bool";
            case ValueLayout.OfByte _ -> "char";
            case ValueLayout.OfShort _ -> "short";
            case ValueLayout.OfInt _ -> "int";
            case ValueLayout.OfLong _ -> "long long";
            case ValueLayout.OfFloat _ -> "float";
            case ValueLayout.OfDouble _ -> "double";
            case PaddingLayout padding -> "padding(" + padding.byteSize() + ")";
            case SequenceLayout sequence -> "sequence(" + sequence.elementCount() + ", " + type(sequence.elementLayout()) + ")";
            case StructLayout struct -> "struct(" + members(struct.memberLayouts()) + ")";
            case UnionLayout union -> "union(" + members(union.memberLayouts()) + ")";
            default -> throw new IllegalStateException("no word for " + layout);
        };
    }

    private static String members(List<MemoryLayout> members) {
        return members.stream().map(ReachabilityMetadata::type).collect(Collectors.joining(", "));
    }

    /** The one method of each callback's interface, which the generated classes look up by name. */
    private static List<String> callbacks(Path root) throws IOException, ReflectiveOperationException {
        TreeSet<String> entries = new TreeSet<>();
        Path folder = root.resolve("bindings/src/generated/java").resolve(GeneratedLayouts.PACKAGE.replace('.', '/'));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Class<?> type = Class.forName(GeneratedLayouts.PACKAGE + "." + file.getFileName().toString().replace(".java", ""));
                List<Class<?>> types = new ArrayList<>(List.of(type));
                types.addAll(Arrays.asList(type.getDeclaredClasses()));
                for (Class<?> candidate : types) {
                    for (Class<?> inner : candidate.getDeclaredClasses()) {
                        if (inner.isInterface() && inner.getSimpleName().equals("Function")) {
                            entries.add(callback(inner));
                        }
                    }
                }
            }
        }
        return List.copyOf(entries);
    }

    private static String callback(Class<?> type) {
        Method apply = type.getDeclaredMethods()[0];
        return "{\"type\": \"%s\", \"methods\": [{\"name\": \"%s\", \"parameterTypes\": [%s]}]}".formatted(
                type.getName(), apply.getName(),
                Arrays.stream(apply.getParameterTypes()).map(parameter -> '"' + parameter.getName() + '"').collect(Collectors.joining(", ")));
    }
}
